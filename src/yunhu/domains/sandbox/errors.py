"""What trying out refuses."""

from yunhu.foundation.errors import ConflictError, NotFoundError


class RealEquipmentError(ConflictError):
    """A trunk or an SMSC account of the tenant reaches real people."""

    id = "sandbox.real_equipment"
    title = "This tenant's trunk or SMSC account reaches real people; trying out is for the sandbox"
    title_zh = "本租户已接入真实线路，仅沙箱环境可试用"


class VisitNotFoundError(NotFoundError):
    """There is no such visit."""

    id = "sandbox.visit_not_found"
    title = "There is no such visit"
    title_zh = "排队记录不存在"


class NothingHeardError(NotFoundError):
    """The phone has not answered such a call, or the call is still going on."""

    id = "sandbox.nothing_heard"
    title = "The simulated phone has heard nothing of such a call"
    title_zh = "模拟话机没有该通话的声音"
