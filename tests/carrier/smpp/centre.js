// A message centre on the npm package smpp: takes binds and texts, and does what each line on its
// standard input says. Each thing it sees is a line of JSON on its standard output.
const smpp = require('smpp');
const rules = { statuses: [], silent: false, refuse: 0, receipts: 'after', id: 'decimal' };
let count = 0x1000, session = null;
const tell = (what) => process.stdout.write(JSON.stringify(what) + '\n');

function receipt(link, pdu, id) {
  const words = `id:${id} sub:001 dlvrd:001 submit date:261130101112 done date:261130101113 stat:DELIVRD err:000 text:`;
  link.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr,
    esm_class: 4, short_message: words }, (answer) => tell({ receipt: id, status: answer.command_status }));
}

const fs = require('fs');
const folder = process.env.TLS_FOLDER;
const tls = folder ? { key: fs.readFileSync(folder + '/server.key'), cert: fs.readFileSync(folder + '/server.crt') } : {};
const server = smpp.createServer(tls, (link) => {
  session = link;
  link.on('error', () => {});
  link.on('bind_transceiver', (pdu) => {
    tell({ bind: pdu.system_id, password: pdu.password, type: pdu.system_type });
    link.send(pdu.response({ command_status: rules.refuse }));
  });
  link.on('enquire_link', (pdu) => { tell({ enquire: true }); link.send(pdu.response()); });
  link.on('unbind', (pdu) => { tell({ unbind: true }); link.send(pdu.response()); link.close(); });
  link.on('submit_sm', (pdu) => {
    const message = pdu.short_message;
    const id = String(++count);
    tell({ to: pdu.destination_addr, from: pdu.source_addr, ton: pdu.source_addr_ton,
      coding: pdu.data_coding, esm: pdu.esm_class, registered: pdu.registered_delivery,
      text: message.message, udh: message.udh ? message.udh.map((e) => e.toString('hex')) : null, id });
    if (rules.silent) return;
    if (rules.hangUp) { link.destroy(); return; }
    const status = rules.statuses.shift() || 0;
    const named = rules.id === 'decimal' ? id : Number(id).toString(16).toUpperCase();
    if (rules.receipts === 'before' && !status) receipt(link, pdu, id);
    link.send(pdu.response({ command_status: status, message_id: status ? '' : named }));
    if (rules.receipts === 'after' && !status) receipt(link, pdu, id);
  });
});
server.listen(0, '127.0.0.1', () => tell({ port: server.address().port }));
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  if (order.unbind) session.unbind(() => tell({ unbound: true }));
  else if (order.cut) session.destroy();
  else Object.assign(rules, order);
  tell({ done: true });
}).on('close', () => process.exit(0));
