"""Messages after RFC 4475, written from its descriptions: name, bytes, status of the answer or None for no answer."""


def _message(start: str, *lines: str, body: bytes = b"", without: str = "", length: str = "") -> bytes:
    base = {
        "Via": "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKt1;rport",
        "Max-Forwards": "70",
        "From": "<sip:caller@example.net>;tag=7",
        "To": "<sip:you@example.com>",
        "Call-ID": "torture@192.0.2.9",
        "CSeq": f"1 {start.split(maxsplit=1)[0]}",
        "Content-Length": length or str(len(body)),
    }
    for line in lines:
        base.pop(line.partition(":")[0].strip(), None)
    base.pop(without, None)
    head = [start, *(f"{name}: {value}" for name, value in base.items()), *lines, "", ""]
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + body


OPTIONS = "OPTIONS sip:you@example.com SIP/2.0"
INVITE = "INVITE sip:you@example.com SIP/2.0"

TORTURE: list[tuple[str, bytes, int | None]] = [
    # §3.1.1 valid messages
    (
        "wsinv",
        (b"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\nTO :\r\n sip:vivekg@chair-dnrc.example.com ;"
        b"   tag    \r\n = 1918181833n\r\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n"
        b"  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 0\r\n"
        b"cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=z9hG4bK390skdjuw\r\ns :\r\n"
        b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
        b"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nRoute:\r\n <sip:services.example.com;lr;unknownwith=value;"
        b"unknown-no-value>\r\nv:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        b" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        b"m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n"),
        481,
    ),
    ("intmeth", _message("!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0"), 501),
    ("esc01", _message("OPTIONS sip:sips%3Auser%40example.com@example.net SIP/2.0", "To: sip:%75se%72@example.com", "From: <sip:I%20have%20spaces@example.net>;tag=938"), 200),
    ("escnull", _message("REGISTER sip:example.com SIP/2.0", "To: sip:null-%00-null@example.com", "From: sip:null-%00-null@example.com;tag=839923423"), 405),
    ("esc02", _message("RE%47IST%45R sip:registrar.example.com SIP/2.0"), 501),
    ("lwsdisp", _message(OPTIONS, "From: caller<sip:caller@example.com>;tag=323"), 200),
    ("longreq", _message(INVITE, f"To: \"{'I have a long name ' * 40}\" <sip:you@example.com>", *(f"Unknown-{'long' * 20}-{n}: {'value ' * 30}" for n in range(20))), 480),
    ("semiuri", _message("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"), 200),
    ("transports", _message(OPTIONS, "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa", "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKb", "Via: SIP/2.0/UNKNOWN t5.example.com;branch=z9hG4bKc"), 200),
    ("mpart01", _message("MESSAGE sip:kumiko@example.org SIP/2.0", "Content-Type: multipart/mixed;boundary=7a9", body=b"--7a9\r\n\r\n\x00\xff\xfe\r\n--7a9--"), 405),
    ("unreason", b"SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1\r\nCall-ID: u\r\nCSeq: 35 INVITE\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nContent-Length: 0\r\n\r\n", None),
    ("noreason", b"SIP/2.0 100 \r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2\r\nCall-ID: n\r\nCSeq: 35 INVITE\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nContent-Length: 0\r\n\r\n", None),
    ("dblreq", _message("REGISTER sip:example.com SIP/2.0") + _message(INVITE), 405),
    # §3.1.2 invalid messages
    ("badinv01", _message(INVITE, "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", "Contact: \"Joe\" <sip:joe@example.org>;;;;"), 400),
    ("clerr", _message(INVITE, length="9999", body=b"v=0\r\n"), 400),
    ("ncl", _message(INVITE, length="-999"), 400),
    ("scalar02", _message("REGISTER sip:example.com SIP/2.0", "CSeq: 36893488147419103232 REGISTER", "Max-Forwards: 300"), 400),
    ("scalarlg", b"SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/UDP 192.0.2.129;branch=z9hG4bK3\r\nCall-ID: s\r\nCSeq: 9292394834772304023312 OPTIONS\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nRetry-After: 949302838503028349304023988\r\nContent-Length: 0\r\n\r\n", None),
    ("quotbal", _message(INVITE, 'To: "Mr. J. User <sip:j.user@example.com>'), 400),
    ("ltgtruri", _message("INVITE <sip:user@example.com> SIP/2.0"), 400),
    ("lwsruri", _message("INVITE sip:user@example.com; lr SIP/2.0"), 400),
    ("lwsstart", _message("INVITE  sip:user@example.com  SIP/2.0"), 400),
    ("trws", _message("OPTIONS sip:remote-target@example.com SIP/2.0  "), 400),
    ("escruri", _message("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"), 400),
    ("baddate", _message(OPTIONS, "Date: Fri, 01 Jan 2010 16:00:00 EST"), 200),
    ("regbadct", _message(OPTIONS, "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"), 200),
    ("badaspec", _message(OPTIONS, 'To: "Watson, Thomas" < sip:t.watson@example.org >'), 200),
    ("baddn", _message(OPTIONS, "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"), 200),
    ("badvers", _message("OPTIONS sip:t.watson@example.org SIP/7.0"), 505),
    ("mismatch01", _message(OPTIONS, "CSeq: 8 INVITE"), 400),
    ("mismatch02", _message("NEWMETHOD sip:user@example.com SIP/2.0", "CSeq: 8 INVITE"), 400),
    ("bigcode", b"SIP/2.0 4294967301 better not break the receiver\r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK4\r\nCall-ID: b\r\nCSeq: 35 INVITE\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nContent-Length: 0\r\n\r\n", None),
    # §3.2 to §3.4: transaction, application and older-version subjects
    ("badbranch", _message(OPTIONS, "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"), 200),
    ("insuf", _message(INVITE, without="Call-ID"), None),
    ("unkscm", _message("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), 416),
    ("novelsc", _message("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"), 416),
    ("unksm2", _message("OPTIONS sip:example.com SIP/2.0", "To: isbn:2983792873", "From: <http://www.example.com>;tag=3"), 200),
    ("bext01", _message(OPTIONS, "Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis"), 420),
    ("invut", _message(INVITE, "Content-Type: application/unknownformat", body=b"<audio><pcmu port=\"443\"/></audio>"), 480),
    ("regaut01", _message("REGISTER sip:example.com SIP/2.0", "Authorization: NoOneKnowsThisScheme opaque-data=here"), 405),
    ("multi01", _message(INVITE, "CSeq: 5 INVITE", "CSeq: 59 INVITE", "Call-ID: a", "Call-ID: b"), 400),
    ("mcl01", _message(OPTIONS, "Content-Length: 13", "Content-Length: 5", body=b"There's no way"), 400),
    ("bcast", b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK5\r\nVia: SIP/2.0/TCP 255.255.255.255;branch=z9hG4bK6\r\nCall-ID: c\r\nCSeq: 35 INVITE\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nContent-Length: 0\r\n\r\n", None),
    ("zeromf", _message(OPTIONS, "Max-Forwards: 0"), 200),
    ("cparam01", _message("REGISTER sip:example.com SIP/2.0", "Contact: sip:+19725552222@gw1.example.net;unknownparam"), 405),
    ("regescrt", _message("REGISTER sip:example.com SIP/2.0", "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"), 405),
    ("sdp01", _message(INVITE, "Accept: text/nobodyKnowsThis", "Content-Type: application/sdp", body=b"v=0\r\n"), 480),
    ("inv2543", b"INVITE sip:UserB@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060\r\nFrom: <sip:a@b>\r\nTo: <sip:UserB@example.com>\r\nCall-ID: old\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", 480),
]  # fmt: skip
