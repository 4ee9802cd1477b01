"""Expected errors of people: signing in, users, roles."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError, YunhuError


class SignInFailedError(YunhuError):
    """Wrong login, password or code, or a user who may not sign in: which of them is not told."""

    id = "identity.sign_in_failed"
    status = 401
    title = "Login, password or code is wrong"
    title_zh = "登录名、密码或验证码错误"


class SignInBlockedError(YunhuError):
    """Too many failures; known and unknown logins answer alike. Details: `retry_after`, seconds."""

    id = "identity.sign_in_blocked"
    status = 429
    title = "Too many failed sign-ins: try again later"
    title_zh = "登录失败次数过多，请稍后再试"


class SignInUnknownError(YunhuError):
    """The sign-in is over: it took more than ten minutes, was finished, or never was."""

    id = "identity.sign_in_unknown"
    status = 401
    title = "Begin to sign in again"
    title_zh = "登录过程已失效，请重新登录"


class SignInStepError(ConflictError):
    """The sign-in waits for something else. Details: `step`."""

    id = "identity.sign_in_step"
    title = "The sign-in waits for another step"
    title_zh = "当前登录步骤不符"


class SessionNeededError(YunhuError):
    """The endpoint is about a person, and the caller is a program with a key."""

    id = "identity.session_needed"
    status = 403
    title = "Only a person who has signed in can do this"
    title_zh = "仅限登录用户操作"


class CsrfError(YunhuError):
    """A session cookie came without the token that belongs to it, or from another site."""

    id = "identity.csrf"
    status = 403
    title = "The request does not carry the session's CSRF token"
    title_zh = "请求缺少有效的 CSRF 令牌"


class GrantMissingError(YunhuError):
    """The operator reads a tenant's content only under that tenant's grant (row D8)."""

    id = "identity.grant_missing"
    status = 403
    title = "No grant of this tenant stands for this user"
    title_zh = "该租户未向此用户授权"


class PasswordUnfitError(InvalidInputError):
    """The new password breaks rules. Details: `faults`."""

    id = "identity.password_unfit"
    title = "The password does not meet the rules"
    title_zh = "密码不符合要求"


class SecondFactorMandatoryError(ConflictError):
    """A user of this kind cannot be without a second factor."""

    id = "identity.second_factor_mandatory"
    title = "The second factor is mandatory for this user"
    title_zh = "该用户必须启用双因素认证"


class SecondFactorStateError(ConflictError):
    """There is a second factor already, or none, or no enrolment has begun."""

    id = "identity.second_factor_state"
    title = "The second factor is not in the state that this needs"
    title_zh = "双因素认证状态不符"


class UserNotFoundError(NotFoundError):
    """There is no such user on the caller's side."""

    id = "identity.user_not_found"
    title = "There is no such user"
    title_zh = "用户不存在"


class SessionNotFoundError(NotFoundError):
    """There is no such session, or it is somebody else's."""

    id = "identity.session_not_found"
    title = "There is no such session"
    title_zh = "会话不存在"


class LoginTakenError(ConflictError):
    """Logins are unique in the whole installation."""

    id = "identity.login_taken"
    title = "The login is taken"
    title_zh = "登录名已被使用"


class UserStateError(ConflictError):
    """The user's state does not allow this. Details: `state`."""

    id = "identity.user_state"
    title = "The user's state does not allow this"
    title_zh = "用户当前状态不允许此操作"


class AboveCallerError(YunhuError):
    """Somebody who may do more than the caller cannot be changed by the caller. Details: `scopes`."""

    id = "identity.above_caller"
    status = 403
    title = "The user holds permissions that you do not hold"
    title_zh = "该用户拥有您没有的权限"


class OwnAccountError(ConflictError):
    """Administrators do not change their own roles or state."""

    id = "identity.own_account"
    title = "Somebody else has to do this to your account"
    title_zh = "不能对自己的账号执行此操作"


class LastAdministratorError(ConflictError):
    """Somebody has to be left who can manage users."""

    id = "identity.last_administrator"
    title = "The last administrator cannot be taken away"
    title_zh = "不能移除最后一名管理员"


class AdministratorExistsError(ConflictError):
    """Made once only: there is an administrator already."""

    id = "identity.administrator_exists"
    title = "There is an administrator already"
    title_zh = "管理员已存在"


class LinkUnusableError(YunhuError):
    """The one-time link was used, replaced, is too old, or never was."""

    id = "identity.link_unusable"
    status = 410
    title = "The link cannot be used any more"
    title_zh = "链接已失效"


class RoleNotFoundError(NotFoundError):
    """There is no such role on this side. Details: `role`."""

    id = "identity.role_not_found"
    title = "There is no such role"
    title_zh = "角色不存在"


class RoleNameTakenError(ConflictError):
    """Role names are unique on a side. Details: `role_id` where the role was made by hand."""

    id = "identity.role_name_taken"
    title = "There is a role with this name"
    title_zh = "角色名称已存在"


class RoleInUseError(ConflictError):
    """Users still have the role. Details: `users`, how many."""

    id = "identity.role_in_use"
    title = "Users still have this role"
    title_zh = "仍有用户使用该角色"


class RolesApartError(ConflictError):
    """Reviewing and auditing are kept apart from administering users."""

    id = "identity.roles_apart"
    title = "An auditor or reviewer cannot administer users at the same time"
    title_zh = "审计或审核角色不能与用户管理权限并存"


class LoginNeededError(InvalidInputError):
    """The first administrator chooses a login and a name along with the password."""

    id = "identity.login_needed"
    title = "The first administrator has to choose a login"
    title_zh = "首位管理员须设置登录名"


class TenantUnknownError(NotFoundError):
    """There is no tenant with this slug. Details: `tenant`."""

    id = "identity.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"


class TenantExistsError(ConflictError):
    """There is a tenant with this slug. Details: `tenant`."""

    id = "identity.tenant_exists"
    title = "There is a tenant of that name"
    title_zh = "该租户标识已存在"


class OperatorNeededError(YunhuError):
    """The endpoint is for the operator's staff, acting for the operator."""

    id = "identity.operator_needed"
    status = 403
    title = "Only the operator's staff can do this"
    title_zh = "仅限运营方人员操作"
