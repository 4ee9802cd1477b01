"""What can go wrong with contracts."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ContractNotFoundError(NotFoundError):
    """There is no such contract."""

    id = "contracts.not_found"
    title = "There is no such contract"
    title_zh = "合同不存在"


class PartNotFoundError(NotFoundError):
    """The contract has no such supplement, suspension, claim or qualification document."""

    id = "contracts.part_not_found"
    title = "The contract has no such part"
    title_zh = "合同中没有该项内容"


class ContractExistsError(ConflictError):
    """The number is taken. Details: `contract_id`, when it is a contract of the same tenant."""

    id = "contracts.exists"
    title = "There is already a contract with this number"
    title_zh = "该合同编号已存在"


class SupplementExistsError(ConflictError):
    """The contract has a supplement with this number. Details: `supplement_id`."""

    id = "contracts.supplement_exists"
    title = "The contract already has a supplement with this number"
    title_zh = "该补充协议编号已存在"


class TermsOverlapError(ConflictError):
    """A tenant has one contract a day. Details: `number` of the other contract."""

    id = "contracts.terms_overlap"
    title = "The tenant has another contract in this term"
    title_zh = "该租户在此期限内已有其他合同"


class StepRefusedError(ConflictError):
    """The contract's state does not permit this. Details: `state`, `step`."""

    id = "contracts.step_refused"
    title = "The contract's state does not permit this"
    title_zh = "合同当前状态不允许此操作"


class NotDraftError(ConflictError):
    """What was signed is changed by a supplement, not by editing. Details: `state`."""

    id = "contracts.not_draft"
    title = "Only a draft can be edited; a signed contract is changed by a supplement"
    title_zh = "仅草稿可编辑；已签合同须通过补充协议变更"


class SuspensionStepRefusedError(ConflictError):
    """The suspension's state does not permit this. Details: `state`, `step`."""

    id = "contracts.suspension_step_refused"
    title = "The suspension's state does not permit this"
    title_zh = "该停服事项当前状态不允许此操作"


class CauseIsAutomaticError(ConflictError):
    """The cause follows the facts: pay the debt, or bring the document. Details: `cause`."""

    id = "contracts.cause_is_automatic"
    title = "This cause is set and lifted by the facts themselves"
    title_zh = "该停服原因由系统依据事实自动设置与解除"


class PaymentExistsError(ConflictError):
    """The same money is not recorded twice. Details: `payment_id`."""

    id = "contracts.payment_exists"
    title = "A payment with this reference is already recorded"
    title_zh = "该付款凭证号已登记"


class QualificationMissingError(ConflictError):
    """A required document is missing, not yet checked, or has expired. Details: `kinds`."""

    id = "contracts.qualification_missing"
    title = "A required qualification document is missing, unchecked or expired"
    title_zh = "缺少有效的资质材料"


class TooEarlyError(ConflictError):
    """The day has not come. Details: `not_before`."""

    id = "contracts.too_early"
    title = "It is too early for this"
    title_zh = "尚未到可操作的日期"


class CallsInTheAirError(ConflictError):
    """Calls of the contract have no outcome yet: what was used is not known. Details: `held` pieces."""

    id = "contracts.calls_in_the_air"
    title = "Calls of this contract have not ended yet"
    title_zh = "该合同仍有未结束的通话，暂不能结算"


class AllocationExceededError(ConflictError):
    """More than the contract grants. Details: `kind`, `wanted`, `granted`."""

    id = "contracts.allocation_exceeded"
    title = "The contract does not grant so many"
    title_zh = "超出合同约定的数量"


class ContractInvalidError(InvalidInputError):
    """The contract contradicts itself. Details: `faults`."""

    id = "contracts.invalid"
    title = "The contract contradicts itself"
    title_zh = "合同内容前后矛盾"
