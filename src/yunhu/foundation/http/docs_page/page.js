// The page of the API's own description: every endpoint, what it takes and answers, and a way to try it with an API key
// or with this browser's session. It asks this server alone, and keeps no key.

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const DEEPEST = 6
let described = { components: { schemas: {} }, paths: {} }
let csrf = null

const find = (selector) => document.querySelector(selector)

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value)
    else if (key === 'text') node.textContent = value
    else node.setAttribute(key, value === true ? '' : value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined))
  return node
}

function target(reference) {
  return reference.slice(2).split('/').reduce((at, step) => at?.[step], described)
}

/** A schema with what it refers to; what refers to itself, or lies too deep, stays a reference. */
function resolved(schema, seen = []) {
  if (!schema || typeof schema !== 'object') return schema
  if (Array.isArray(schema)) return schema.map((one) => resolved(one, seen))
  if (schema.$ref) {
    if (seen.includes(schema.$ref) || seen.length >= DEEPEST) return { $ref: schema.$ref }
    return resolved(target(schema.$ref), [...seen, schema.$ref])
  }
  return Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, resolved(inner, seen)]))
}

/** Something of a schema's form, to begin with. */
function sampleOf(schema, depth = 0) {
  if (!schema || depth > DEEPEST) return null
  if (schema.$ref) return sampleOf(target(schema.$ref), depth + 1)
  if (schema.examples?.length) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const choice = (schema.oneOf ?? schema.anyOf ?? schema.allOf)?.find((one) => one.type !== 'null')
  if (choice) return sampleOf(choice, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (type === 'object' || schema.properties) {
    const wanted = (schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name], depth + 1)])
    return Object.fromEntries(wanted)
  }
  if (type === 'array') return []
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0
  if (type === 'boolean') return false
  if (schema.format === 'date-time') return new Date().toISOString()
  if (schema.format === 'date') return new Date().toISOString().slice(0, 10)
  if (schema.format === 'uuid') return '00000000-0000-0000-0000-000000000000'
  return ''
}

function fold(title, value) {
  const inside = el('div', { class: 'inside' })
  const node = el('details', {}, el('summary', { text: title }), inside)
  node.addEventListener('toggle', () => {
    if (node.open && !inside.hasChildNodes()) inside.append(el('pre', { text: JSON.stringify(resolved(value), null, 2), tabindex: 0 }))
  })
  return node
}

function typeText(schema) {
  const whole = resolved(schema ?? {})
  const parts = [whole.type ?? whole.oneOf?.map((one) => one.type).join(' | '), whole.format, whole.enum?.join(' | ')]
  const limits = ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern'].filter((key) => whole[key] !== undefined)
  return [...parts.filter(Boolean), ...limits.map((key) => `${key} ${whole[key]}`)].join(' · ')
}

function fieldOf(parameter, values) {
  const input = el('input', { type: 'text', spellcheck: 'false', oninput: () => (values[parameter.name] = input.value) })
  const name = el('span', {}, el('code', { text: parameter.name }), parameter.required ? ' *' : '')
  const hint = [parameter.in, typeText(parameter.schema), parameter.description].filter(Boolean).join(' · ')
  return el('label', { class: 'field' }, name, input, el('small', { text: hint }))
}

function addressOf(path, parameters, values) {
  const query = new URLSearchParams()
  let address = path
  for (const { name, in: where } of parameters) {
    const value = values[name] ?? ''
    if (where === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value))
    else if (where === 'query' && value !== '') query.append(name, value)
  }
  return query.size > 0 ? `${address}?${query}` : address
}

function identity(method) {
  const headers = new Headers()
  const bySession = find('[name=as]:checked').value === 'session'
  const key = find('#key').value.trim()
  if (!bySession && key !== '') headers.set('Authorization', `Bearer ${key}`)
  if (bySession && csrf !== null && method !== 'GET') headers.set('Yunhu-CSRF', csrf)
  return { headers, credentials: bySession ? 'same-origin' : 'omit' }
}

async function shown(answer, node) {
  const type = answer.headers.get('content-type') ?? ''
  node.append(el('p', {}, el('strong', { text: `${answer.status} ${answer.statusText}` }), ` ${type}`))
  if (/json/.test(type)) {
    const text = await answer.text()
    let told = text
    try {
      told = JSON.stringify(JSON.parse(text), null, 2)
    } catch {
      // Shown as it came.
    }
    node.append(el('pre', { text: told, tabindex: 0 }))
  } else if (/^text\//.test(type)) {
    node.append(el('pre', { text: await answer.text(), tabindex: 0 }))
  } else {
    const blob = await answer.blob()
    if (blob.size > 0) node.append(el('a', { href: URL.createObjectURL(blob), download: 'answer', text: `${blob.size} bytes` }))
  }
}

function bodyField(request) {
  const json = request?.content?.['application/json']
  const form = request?.content?.['multipart/form-data']
  if (json) {
    const given = Object.values(json.examples ?? {})[0]?.value ?? json.example ?? sampleOf(json.schema)
    const text = el('textarea', { 'aria-label': 'Body', spellcheck: 'false' })
    text.value = JSON.stringify(given, null, 2)
    return { node: text, schema: json.schema, read: (headers) => (headers.set('Content-Type', 'application/json'), text.value) }
  }
  if (form) {
    const file = el('input', { type: 'file', 'aria-label': '文件 File' })
    const read = () => {
      const body = new FormData()
      if (file.files[0]) body.append('file', file.files[0])
      return body
    }
    return { node: file, schema: form.schema, read }
  }
  return null
}

function tryIt(method, path, operation) {
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'path' || one.in === 'query')
  const values = {}
  const body = bodyField(operation.requestBody)
  const answer = el('div', { class: 'answer', role: 'status' })
  const send = el('button', { type: 'submit', text: '发送 Send' })
  const form = el(
    'form',
    { class: 'inside' },
    parameters.length > 0 ? el('div', { class: 'fields' }, ...parameters.map((one) => fieldOf(one, values))) : null,
    body?.node,
    el('div', {}, send),
    answer,
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    send.disabled = true
    answer.replaceChildren()
    try {
      const { headers, credentials } = identity(method)
      const content = body === null ? undefined : body.read(headers)
      await shown(await fetch(addressOf(path, parameters, values), { method, headers, credentials, body: content }), answer)
    } catch (error) {
      answer.append(el('p', { text: String(error) }))
    } finally {
      send.disabled = false
    }
  })
  return { form, body }
}

function fill(inside, method, path, operation) {
  const { form, body } = tryIt(method.toUpperCase(), path, operation)
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => {
    const schema = Object.values(answer.content ?? {})[0]?.schema
    return fold(`${status} ${answer.description ?? ''}`, schema ?? {})
  })
  inside.append(el('p', { text: operation.description ?? '' }), form)
  if (body) inside.append(fold('请求体 Body', body.schema))
  inside.append(...answers)
}

function operationNode(method, path, operation) {
  const inside = el('div', { class: 'inside' })
  const title = el('summary', {}, el('span', { class: `method ${method}`, text: method.toUpperCase() }), el('code', { text: path }), operation.summary ?? '')
  const node = el('details', { id: operation.operationId }, title, inside)
  node.dataset.words = `${method} ${path} ${operation.summary ?? ''} ${operation.tags?.join(' ') ?? ''}`.toLowerCase()
  node.addEventListener('toggle', () => {
    if (node.open && !inside.hasChildNodes()) fill(inside, method, path, operation)
  })
  return node
}

function draw() {
  const groups = new Map()
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const method of METHODS.filter((one) => methods[one])) {
      const tag = methods[method].tags?.[0] ?? 'API'
      groups.set(tag, [...(groups.get(tag) ?? []), operationNode(method, path, methods[method])])
    }
  }
  const sorted = [...groups].toSorted(([one], [other]) => one.localeCompare(other))
  find('#operations').replaceChildren(...sorted.map(([tag, nodes]) => el('section', {}, el('h2', { text: tag }), ...nodes)))
}

function narrow() {
  const words = find('#find').value.toLowerCase().split(/\s+/).filter(Boolean)
  let count = 0
  for (const section of document.querySelectorAll('#operations section')) {
    const nodes = [...section.querySelectorAll(':scope > details')]
    for (const node of nodes) node.hidden = !words.every((word) => node.dataset.words.includes(word))
    const left = nodes.filter((node) => !node.hidden).length
    section.hidden = left === 0
    count += left
  }
  find('#count').textContent = `${count} 个接口 endpoints`
}

/** Who is signed in is asked for only when somebody wants it. */
async function identify() {
  const bySession = find('[name=as]:checked').value === 'session'
  find('#key-field').hidden = bySession
  find('#who').textContent = ''
  if (!bySession) return
  const answer = await fetch('/api/v1/session', { credentials: 'same-origin' })
  const who = answer.ok ? await answer.json() : null
  csrf = who?.csrf_token ?? null
  find('#who').textContent = who ? `${who.display_name ?? who.login} · ${who.side}` : '未登录 Not signed in'
}

async function begin() {
  const answer = await fetch('/docs/openapi.json')
  described = await answer.json()
  draw()
  narrow()
  find('#find').addEventListener('input', narrow)
  for (const one of document.querySelectorAll('[name=as]')) one.addEventListener('change', () => void identify())
  find('#access').addEventListener('submit', (event) => event.preventDefault())
  const wanted = window.location.hash && document.getElementById(window.location.hash.slice(1))
  if (wanted) {
    wanted.open = true
    wanted.scrollIntoView()
  }
}

void begin()
