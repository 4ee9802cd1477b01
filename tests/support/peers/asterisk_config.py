"""Configuration of a small Asterisk: PJSIP on a port of its own, a dialplan of callees, and a registrar."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

MODULES = (
    "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_timing_timerfd", "res_pjproject",
    "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub", "res_pjsip_sdp_rtp", "res_rtp_asterisk",
    "res_pjsip_authenticator_digest", "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_anonymous", "res_pjsip_registrar", "res_pjsip_rfc3326", "res_pjsip_logger",
    "res_pjsip_caller_id", "res_pjsip_dtmf_info", "chan_pjsip", "codec_alaw", "codec_ulaw", "codec_resample",
    "format_wav", "format_pcm", "format_gsm", "codec_gsm", "pbx_config", "app_dial", "app_echo", "app_playback",
    "app_record", "app_read", "app_senddtmf", "app_verbose", "app_stack", "func_channel", "func_callerid",
)  # fmt: skip
"""Only what the dialplan needs: it starts in about a second and opens no other port."""

DIALPLAN = """[callees]
; answers and echoes what it hears
exten => echo,1,Answer()
 same => n,Echo()
; records what it hears until the caller hangs up
exten => record,1,Answer()
 same => n,Record({recordings}/${{CHANNEL(name):6}}.wav,0,60,kqx)
; hangs up soon
exten => brief,1,Answer()
 same => n,Wait(1)
 same => n,Hangup(16)
; presses keys, then waits
exten => keys,1,Answer()
 same => n,SendDTMF(129#,100,100)
 same => n,Wait(30)
; says something before the answer, over and over
exten => announcing,1,Progress()
 same => n(again),Playback({recordings}/announcement,noanswer)
 same => n,Wait(1)
 same => n,Goto(again)
exten => busy,1,Hangup(17)
exten => declined,1,Hangup(21)
exten => absent,1,Hangup(20)
exten => unallocated,1,Hangup(1)
exten => congested,1,Hangup(34)
; every number with digits answers like the behaviour that the instance was made for
exten => _[+0-9]!,1,Goto(callees,{numbers},1)
"""


@dataclass(frozen=True)
class AsteriskAccount:
    """An endpoint that has to authenticate and may register."""

    user: str
    password: str = field(repr=False)
    algorithm: str = "md5"
    """`md5` or `sha-256`."""


def asterisk_conf(home: PurePosixPath) -> str:
    """asterisk.conf: every writable directory inside the instance's own."""
    return f"""[directories]
astetcdir => {home}/etc
astmoddir => /usr/lib/{{triplet}}/asterisk/modules
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
[options]
verbose = 4
nocolor = yes
"""


def modules_conf() -> str:
    """modules.conf: nothing by itself."""
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in MODULES)


def pjsip_conf(host: str, port: int, accounts: tuple[AsteriskAccount, ...]) -> str:
    """pjsip.conf: without accounts everybody may call; with them only who authenticates."""
    wanted = next((a.algorithm for a in accounts if a.algorithm != "md5"), "md5").upper()
    text = f"""[global]
type = global
default_auth_algorithms_uas = {wanted}
endpoint_identifier_order = auth_username,username,ip,anonymous
debug = yes
[system]
type = system
timer_t1 = 500
[udp]
type = transport
protocol = udp
bind = {host}:{port}
[tcp]
type = transport
protocol = tcp
bind = {host}:{port}
"""
    if not accounts:
        return text + _endpoint("anonymous", "")
    return text + "".join(_account(account) for account in accounts)


def _endpoint(name: str, more: str) -> str:
    return f"""[{name}]
type = endpoint
context = callees
disallow = all
allow = alaw,ulaw
dtmf_mode = rfc4733
direct_media = no
rtp_symmetric = yes
{more}"""


def _account(account: AsteriskAccount) -> str:
    secret = (
        f"auth_type = userpass\npassword = {account.password}\n"
        if account.algorithm == "md5"
        else "auth_type = digest\nsupported_algorithms_uas = SHA-256\nsupported_algorithms_uac = SHA-256\n"
        f"password = {account.password}\n"
    )
    name = account.user
    endpoint = _endpoint(name, f"auth = {name}-auth\naors = {name}\nidentify_by = auth_username,username\n")
    return f"{endpoint}[{name}-auth]\ntype = auth\nusername = {name}\n{secret}[{name}]\ntype = aor\nmax_contacts = 2\n"
