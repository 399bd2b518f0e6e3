// What a program does with jsforce, unmodified: each scenario's outcome is printed as JSON.
// Facts of the emulator come on stdin; NODE_EXTRA_CA_CERTS names its CA.
'use strict';

const jsforce = require('jsforce');

const VERSION = '62.0';
const text = (error) => ({ refused: error.errorCode || error.name, message: error.message });

const scenarios = {
  async soapLogin(facts) {
    const conn = new jsforce.Connection({ loginUrl: facts.https, version: VERSION });
    const user = await conn.login(facts.username, facts.password + facts.securityToken);
    const identity = await conn.identity();
    return { user: user.id, organization: user.organizationId, username: identity.username };
  },

  async soapLoginWithWrongPassword(facts) {
    const conn = new jsforce.Connection({ loginUrl: facts.https, version: VERSION });
    return conn.login(facts.username, 'wrong').catch(text);
  },

  async oauthLogins(facts) {
    const oauth2 = { loginUrl: facts.https, clientId: facts.clientId, clientSecret: facts.clientSecret };
    const byPassword = new jsforce.Connection({ oauth2, version: VERSION });
    await byPassword.login(facts.username, facts.password + facts.securityToken);
    const byClient = new jsforce.Connection({ instanceUrl: facts.https, oauth2, version: VERSION });
    await byClient.authorize({ grant_type: 'client_credentials' });
    return { byPassword: (await byPassword.limits()).DailyApiRequests.Max,
             byClient: (await byClient.limits()).DailyApiRequests.Max };
  },

  async expiredSessionIsRefreshed(facts) {
    const oauth2 = { loginUrl: facts.https, clientId: facts.clientId, clientSecret: facts.clientSecret };
    const conn = new jsforce.Connection({
      oauth2, version: VERSION, instanceUrl: facts.https, accessToken: '00D!expired',
      refreshToken: facts.refreshToken,
    });
    let refreshes = 0;
    conn.on('refresh', () => { refreshes += 1; });
    const found = await conn.query('SELECT Id FROM Organization');
    return { refreshes, records: found.records.length };
  },

  async describes(_facts, conn) {
    const all = await conn.describeGlobal();
    const task = await conn.sobject('Task').describe();
    return {
      objects: all.sobjects.map((each) => each.name).filter((name) => ['Account', 'Task', 'Lead'].includes(name)),
      who: task.fields.find((field) => field.name === 'WhoId').referenceTo,
    };
  },

  async describesFromTheCache(_facts, conn) {
    await conn.sobject('Contact').describe$();
    const { name } = await conn.sobject('Contact').describe$();
    return { name };
  },

  async oneRecord(_facts, conn) {
    const accounts = conn.sobject('Account');
    const created = await accounts.create({ Name: 'Müller & Söhne' });
    await accounts.update({ Id: created.id, Industry: 'Banking' });
    const found = await accounts.retrieve(created.id);
    await accounts.destroy(created.id);
    const gone = await accounts.retrieve(created.id).catch(text);
    return { success: created.success, name: found.Name, industry: found.Industry, gone: gone.refused };
  },

  async upsertOfOne(_facts, conn) {
    const accounts = conn.sobject('Account');
    const first = await accounts.upsert({ Name: 'A', Js_Key__c: 'k 1' }, 'Js_Key__c');
    const second = await accounts.upsert({ Name: 'B', Js_Key__c: 'k 1' }, 'Js_Key__c');
    return { created: [first.created, second.created], same: first.id === second.id || second.id === undefined };
  },

  async collections(_facts, conn) {
    const contacts = conn.sobject('Contact');
    const made = await contacts.create([{ LastName: 'One' }, { FirstName: 'No name' }, { LastName: 'Two' }]);
    const ids = made.filter((each) => each.success).map((each) => each.id);
    const changed = await contacts.update(ids.map((Id) => ({ Id, FirstName: 'X' })));
    const found = await contacts.retrieve(ids);
    const removed = await contacts.destroy(ids);
    return {
      made: made.map((each) => each.success),
      errors: made[1].errors.map((each) => [each.statusCode || each.errorCode, each.fields]),
      changed: changed.map((each) => each.success),
      names: found.map((each) => each.Name),
      removed: removed.map((each) => each.success),
    };
  },

  async collectionsAllOrNone(_facts, conn) {
    const made = await conn.sobject('Contact').create([{ LastName: 'Kept back' }, {}], { allOrNone: true });
    const found = await conn.query("SELECT Id FROM Contact WHERE LastName = 'Kept back'");
    return { success: made.map((each) => each.success), left: found.totalSize };
  },

  async moreThanTwoHundred(_facts, conn) {
    const many = Array.from({ length: 450 }, (_, at) => ({ Name: `Many ${at}` }));
    const made = await conn.sobject('Account').create(many, { allowRecursive: true });
    const found = await conn.query("SELECT COUNT() FROM Account WHERE Name LIKE 'Many %'");
    return { made: made.filter((each) => each.success).length, found: found.totalSize };
  },

  async queryMore(_facts, conn) {
    const soql = "SELECT Id, Subject, Owner.Name FROM Task WHERE Subject LIKE 'js %' ORDER BY Id";
    const first = await conn.query(soql);
    const second = await conn.queryMore(first.nextRecordsUrl);
    const streamed = await new Promise((resolve, reject) => {
      let count = 0;
      conn.query(soql).on('record', () => { count += 1; }).on('end', () => resolve(count))
        .on('error', reject).run({ autoFetch: true, maxFetch: 10000 });
    });
    return {
      total: first.totalSize, done: [first.done, second.done], owner: first.records[0].Owner.Name,
      sizes: [first.records.length, second.records.length], streamed,
    };
  },

  async queryBuilder(_facts, conn) {
    const found = await conn.sobject('Task')
      .find({ Subject: { $like: 'js 1%' }, CreatedDate: { $gte: jsforce.SfDate.YESTERDAY } }, ['Id', 'Subject'])
      .sort({ Subject: 1 }).limit(3);
    return found.map((each) => each.Subject);
  },

  async deletedAndUpdated(_facts, conn) {
    const { id } = await conn.sobject('Account').create({ Name: 'Short-lived' });
    await conn.sobject('Account').destroy(id);
    const hour = 3600 * 1000;
    const span = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
    const gone = await conn.sobject('Account').deleted(...span);
    const changed = await conn.sobject('Account').updated(...span);
    return { gone: gone.deletedRecords.some((each) => each.id === id), changed: changed.ids.includes(id) };
  },

  async bulk2Ingest(_facts, conn) {
    const rows = Array.from({ length: 401 }, (_, at) => ({ Name: at === 7 ? '' : `Bulk ${at}`, Phone: `${at}` }));
    const done = await conn.bulk2.loadAndWaitForResults({
      object: 'Account', operation: 'insert', input: rows, pollInterval: 20, pollTimeout: 60000,
    });
    return {
      good: done.successfulResults.length, bad: done.failedResults.map((each) => each.sf__Error),
      left: done.unprocessedRecords.length, first: Object.keys(done.successfulResults[0]).sort(),
    };
  },

  async bulk2UpsertAndDelete(_facts, conn) {
    const options = { pollInterval: 20, pollTimeout: 60000 };
    const upserted = await conn.bulk2.loadAndWaitForResults({
      object: 'Account', operation: 'upsert', externalIdFieldName: 'Js_Key__c', ...options,
      input: [{ Js_Key__c: 'b1', Name: 'B1' }, { Js_Key__c: 'b2', Name: 'B2' }],
    });
    const ids = upserted.successfulResults.map((each) => ({ Id: each.sf__Id }));
    const removed = await conn.bulk2.loadAndWaitForResults({
      object: 'Account', operation: 'delete', input: ids, ...options,
    });
    return { created: upserted.successfulResults.map((each) => each.sf__Created),
             removed: removed.successfulResults.length };
  },

  async bulk2JobByHand(_facts, conn) {
    const job = conn.bulk2.createJob({ operation: 'insert', object: 'Account' });
    await job.open();
    await job.uploadData('Name\nBy hand\n');
    await job.abort();
    const info = await job.check();
    await job.delete();
    return { state: info.state };
  },

  async bulk2Query(_facts, conn) {
    const stream = await conn.bulk2.query("SELECT Id, Subject FROM Task WHERE Subject LIKE 'js %'",
      { pollInterval: 20, pollTimeout: 60000 });
    const records = await stream.toArray();
    return { count: records.length, names: Object.keys(records[0]).sort() };
  },

  async bulk1Load(_facts, conn) {
    conn.bulk.pollInterval = 20;
    conn.bulk.pollTimeout = 60000;
    const results = await conn.bulk.load('Account', 'insert', [{ Name: 'V1', Phone: '1' }, { Name: '', Phone: '2' }]);
    return results.map((each) => ({ success: each.success, errors: each.errors }));
  },

  async bulk1Query(_facts, conn) {
    conn.bulk.pollInterval = 20;
    conn.bulk.pollTimeout = 60000;
    const stream = await conn.bulk.query("SELECT Id, Name FROM Account WHERE Name = 'V1'");
    const records = await stream.toArray();
    return records.map((each) => each.Name);
  },

  async composite(_facts, conn) {
    const answer = await conn.requestPost('/composite', {
      compositeRequest: [
        { method: 'POST', url: `/services/data/v${VERSION}/sobjects/Account`, referenceId: 'one', body: { Name: 'Comp' } },
        { method: 'GET', url: `/services/data/v${VERSION}/sobjects/Account/@{one.id}?fields=Name`, referenceId: 'two' },
      ],
    });
    return answer.compositeResponse.map((each) => [each.httpStatusCode, each.body.Name]);
  },

  async limitInfo(_facts, conn) {
    await conn.query('SELECT Id FROM Organization');
    return Object.keys(conn.limitInfo.apiUsage || {}).sort();
  },

  async refusals(_facts, conn) {
    const query = await conn.query('SELECT Nope FROM Account').catch(text);
    const create = await conn.sobject('Account').create({}).catch(text);
    return { query, create };
  },

  async logout(facts) {
    const conn = new jsforce.Connection({ loginUrl: facts.https, version: VERSION });
    await conn.login(facts.username, facts.password + facts.securityToken);
    const { accessToken } = conn;
    await conn.logout();
    const after = new jsforce.Connection({ instanceUrl: facts.https, accessToken, version: VERSION });
    return after.query('SELECT Id FROM Organization').catch(text);
  },
};

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const facts = JSON.parse(Buffer.concat(chunks).toString());
  const conn = new jsforce.Connection({
    instanceUrl: facts.https, accessToken: facts.accessToken, version: VERSION,
  });
  const outcomes = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    try {
      outcomes[name] = { returned: await scenario(facts, conn) };
    } catch (error) {
      outcomes[name] = { failed: `${error.errorCode || error.name}: ${error.message}` };
    }
  }
  process.stdout.write(JSON.stringify(outcomes));
}

main();
