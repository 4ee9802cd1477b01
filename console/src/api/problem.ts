import { language } from '@/app/i18n'

/** What is wrong with one field: a JSON pointer into the body, or the name of a parameter. */
export interface FieldProblem {
  pointer: string
  message: string
  source: string
}

/** RFC 9457, as every error of the API is told. */
export interface Problem {
  id: string
  status: number
  title: string
  title_zh: string
  detail: string
  details: Record<string, unknown>
  request_id: string | null
}

/** One of several things that are wrong, told by the server in both languages. */
interface Fault {
  message: string
  message_zh: string
}

function isFault(entry: unknown): entry is Fault {
  return typeof entry === 'object' && entry !== null && 'message' in entry && 'message_zh' in entry
}

const UNREACHABLE: Problem = {
  id: 'console.unreachable',
  status: 0,
  title: 'The server cannot be reached',
  title_zh: '无法连接服务器',
  detail: '',
  details: {},
  request_id: null,
}

/** An error answer. `id` is stable: switch on it. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
  }

  get id(): string {
    return this.problem.id
  }

  /** The sentence in the reader's language. */
  get sentence(): string {
    return language.value === 'zh-CN' ? this.problem.title_zh : this.problem.title
  }

  /** More words, where they say more than the sentence. They are in English: programs wrote them. */
  get detail(): string {
    return this.problem.detail === this.problem.title ? '' : this.problem.detail
  }

  /** What is wrong in particular, in the reader's language; empty where the server told none in both. */
  get faults(): string[] {
    const told = this.problem.details.faults
    const both = Array.isArray(told) ? told.filter(isFault) : []
    return both.map((fault) => (language.value === 'zh-CN' ? fault.message_zh : fault.message))
  }

  /** Field problems by field: `/roles/presets/0` belongs to `roles.presets.0`. */
  get fields(): Map<string, string> {
    const errors = this.problem.details.errors
    const found = new Map<string, string>()
    for (const entry of Array.isArray(errors) ? (errors as FieldProblem[]) : []) {
      found.set(entry.pointer.replace(/^\//, '').replaceAll('/', '.'), entry.message)
    }
    return found
  }

  static unreachable(): ProblemError {
    return new ProblemError(UNREACHABLE)
  }

  static of(body: unknown, status: number): ProblemError {
    const known = typeof body === 'object' && body !== null && 'id' in body && 'title_zh' in body
    if (known) return new ProblemError({ ...UNREACHABLE, ...(body as Partial<Problem>) })
    return new ProblemError({
      ...UNREACHABLE,
      id: 'console.no_problem',
      status,
      title: `The server answered ${status} without saying why`,
      title_zh: `服务器返回 ${status}，未说明原因`,
    })
  }
}
