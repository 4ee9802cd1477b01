import { useRouter } from 'vue-router'
import { useSession } from './session'

/** The address, if this console has such a page and this person may open it; else null. */
export function useLinks(): (to: string) => string | null {
  const router = useRouter()
  const session = useSession()
  return (to) => {
    const page = router.resolve(to).meta.page
    return page !== undefined && session.mayOpen(page) ? to : null
  }
}
