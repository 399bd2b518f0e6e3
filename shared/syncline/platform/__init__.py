"""The embedded platform store on DynamoDB."""
