// A short message centre on the npm package `smpp`: protocol and text decoding are the package's.
// Commands come in as JSON lines on stdin; what happens goes out as JSON lines on stdout.
// argv: port (0 chooses one), options as JSON: {system_id, password, receipt: both|text|tlv, ids: same|hex_decimal}
'use strict';
const smpp = require('smpp');
const options = Object.assign({system_id: 'yunhu', password: 'secret', receipt: 'both', ids: 'same'},
  JSON.parse(process.argv[3] || '{}'));

const REFUSALS = {'0003': smpp.ESME_RINVDSTADR, '0004': smpp.ESME_RSYSERR, '0005': smpp.ESME_RTHROTTLED};
const STATES = {'0001': ['UNDELIV', 5, '001'], '0002': ['EXPIRED', 3, '002']};
const LATE_MS = 800;
const state = {hold: false, deaf: false, throttle: 0, after: 0, owed: [], held: [], next: Date.now()};
let current = null;

const tell = (event) => process.stdout.write(JSON.stringify(event) + '\n');

function submitted(session, pdu) {
  const ending = pdu.destination_addr.slice(-4);
  let status = REFUSALS[ending] || 0;
  if (state.after > 0) { state.after -= 1; } else if (state.throttle > 0) { state.throttle -= 1; status = smpp.ESME_RTHROTTLED; }
  const body = pdu.short_message;
  tell({ev: 'submit', status, to: pdu.destination_addr, from: pdu.source_addr, text: body.message,
    udh: (body.udh || []).map((b) => b.toString('hex')), data_coding: pdu.data_coding, esm_class: pdu.esm_class,
    registered_delivery: pdu.registered_delivery, 
    valid_seconds: pdu.validity_period ? (new Date(pdu.validity_period) - Date.now()) / 1000 : null,
    subunit: pdu.dest_addr_subunit === undefined ? null : pdu.dest_addr_subunit,
    ton: [pdu.source_addr_ton, pdu.dest_addr_ton]});
  if (ending === '0008') { session.destroy(); return; }
  if (status) { session.send(pdu.response({command_status: status})); return; }
  const number = state.next++;
  const id = options.ids === 'hex_decimal' ? number.toString(16).toUpperCase().padStart(16, '0') : String(number);
  session.send(pdu.response({message_id: id}));
  if (pdu.registered_delivery && ending !== '0006') {
    const receipt = {id: String(number), from: pdu.destination_addr, to: pdu.source_addr,
      state: STATES[ending] || ['DELIVRD', 2, '000']};
    setTimeout(() => { state.owed.push(receipt); offer(receipt); }, ending === '0007' ? LATE_MS : 30);
  }
}

function offer(receipt) {
  if (!current || !state.owed.includes(receipt)) return;
  const [stat, number, err] = receipt.state;
  const pdu = {source_addr: receipt.from, destination_addr: receipt.to, esm_class: 4, data_coding: 0};
  if (options.receipt !== 'tlv') {
    pdu.short_message = Buffer.from(`id:${receipt.id} sub:001 dlvrd:001 submit date:2601010000 ` +
      `done date:2601010001 stat:${stat} err:${err} text:stat:`, 'latin1');
  }
  if (options.receipt !== 'text') { pdu.receipted_message_id = receipt.id; pdu.message_state = number; }
  const session = current;
  session.deliver_sm(pdu, (answer) => {
    tell({ev: 'deliver_answer', id: receipt.id, status: answer.command_status});
    if (answer.command_status === 0) state.owed = state.owed.filter((r) => r !== receipt);
    else setTimeout(() => offer(receipt), 50);
  });
}

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('close', () => { if (current === session) current = null; tell({ev: 'closed'}); });
  session.on('bind_transceiver', (pdu) => {
    const good = pdu.system_id === options.system_id && pdu.password === options.password;
    session.send(pdu.response({command_status: good ? 0 : smpp.ESME_RINVPASWD, system_id: 'centre'}));
    tell({ev: 'bind', good});
    if (!good) { session.close(); return; }
    current = session;
    state.owed.forEach(offer);
  });
  session.on('submit_sm', (pdu) => {
    if (state.hold) { state.held.push(pdu); tell({ev: 'held'}); } else submitted(session, pdu);
  });
  session.on('enquire_link', (pdu) => { tell({ev: 'enquire'}); if (!state.deaf) session.send(pdu.response()); });
  session.on('unbind', (pdu) => { tell({ev: 'unbind'}); session.send(pdu.response()); session.close(); });
});

const commands = {
  sync() {},
  hold() { state.hold = true; },
  release() { state.hold = false; state.held.splice(0).forEach((pdu) => submitted(current, pdu)); },
  throttle(c) { state.throttle = c.count; state.after = c.after || 0; },
  deaf() { state.deaf = true; state.hold = true; },
  drop() { if (current) current.destroy(); },
  unbind() { current.unbind(() => tell({ev: 'unbind_answer'})); },
  ask() { current.enquire_link((pdu) => tell({ev: 'enquire_answer', status: pdu.command_status})); },
  raw(c) { current.socket.write(Buffer.from(c.hex, 'hex')); },
  deliver(c) {
    const pdu = Object.assign({}, c.pdu);
    if (pdu.hex !== undefined) { pdu.short_message = Buffer.from(pdu.hex, 'hex'); delete pdu.hex; }
    current.deliver_sm(pdu, (answer) => tell({ev: 'deliver_answer', id: '', status: answer.command_status}));
  },
};

let pending = '';
process.stdin.on('data', (data) => {
  const lines = (pending + data).split('\n');
  pending = lines.pop();
  lines.filter(Boolean).forEach((line) => {
    const command = JSON.parse(line);
    commands[command.cmd](command);
    tell({ev: 'done', cmd: command.cmd});
  });
});
process.stdin.on('end', () => process.exit(0));
server.listen(Number(process.argv[2]), '127.0.0.1', () => tell({ev: 'listening', port: server.address().port}));
