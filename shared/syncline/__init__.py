"""Two-way Salesforce sync: the one package that every Lambda function shares."""
