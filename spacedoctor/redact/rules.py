"""What secrets and personal data look like.

No library's rules fit: detect-secrets (last release 2024) has none for Hugging Face, Anthropic or Google, the others are programs of their own.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KEY_WORDS = (
    r"(?:\w{0,40}(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|auth[_-]?key|client[_-]?secret"
    r"|signing[_-]?key|encryption[_-]?key|token|credential|pwd)\w{0,20})"
)
START = (  # a token begins here: also behind an escape of JSON or of an address, whose last character would otherwise belong to a word
    r"(?:(?<!\w)|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\x[0-9A-Fa-f]{2}))"
)
QUOTE = r"(?:\\{0,4}['\"])"
NO_SECRET = re.compile(
    r"(?i)(?:none|null|nil|undefined|true|false|empty|missing|required|invalid|unset|change_?me|your[\w-]*|my[_-]\w*|xx+|\*+|\.+|<[^>]*>|\$\{?\w*\}?"
    r"|[A-Z][A-Z0-9_]{2,}_(?:KEY|TOKEN|SECRET|PASSWORD|ID)|[A-Z][A-Z_]+|[a-z_]+(?:\.[a-z_]+)+|[a-z_]+|\w+\([^)]*|%\w|\{\w*\}?|str|int|bool|type=\w+)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Finds secrets of one kind.

    Attributes:
        kind: how the placeholder names it.
        pattern: its group `secret`, or all of it, is the secret.
        accept: further looks at what was found.
    """

    kind: str
    pattern: re.Pattern[str]
    accept: Callable[[str], bool] | None = None


def _is_value(text: str) -> bool:
    return len(text) >= 4 and not NO_SECRET.fullmatch(text)


def _is_mixed(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _is_token_like(text: str) -> bool:
    return _is_mixed(text) and _is_value(text) and len(text) >= 6 and not text.endswith(("(", ")", ","))


def _is_public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def _is_person(text: str) -> bool:
    local, _, host = re.sub("(?i)%40", "@", text).partition("@")
    return (
        local not in ("git", "hg", "svn")
        and not local.endswith(".git")
        and not host.endswith((".local", ".git", ".png", ".py", ".js"))
    )


def _is_key_material(text: str) -> bool:
    return any(c.islower() for c in text) and any(c.isupper() for c in text) and any(c.isdigit() for c in text)


def _is_random(text: str) -> bool:
    """Tell the middle of a key or a token from names and paths: a long run without separators, in which all kinds of characters change often."""
    run = max(re.split(r"[^A-Za-z0-9]+", text), key=len)
    return len(run) >= 16 and _is_key_material(run) and sum(c.isdigit() for c in run) >= 3


def _is_name_and_password(text: str) -> bool:
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    return ":" in told and told.isprintable()


def _is_personal(text: str) -> bool:
    return not re.fullmatch(r"[\d\s,.-]*|null|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)


def goes_on(part: str) -> bool:
    """Return whether this, at the beginning of a line, reads like the rest of a token and not like a word."""
    return any(c.isdigit() for c in part) or not (part.islower() or (part[:1].isupper() and part[1:].islower())) or len(part) > 20


def _rules() -> Iterator[Rule]:
    for kind, text in TOKENS:
        pattern = re.compile(text.replace(r"\b", START, 1) if text.startswith(r"\b") else text)
        yield Rule(kind, pattern, _is_mixed if kind in ("openai-key", "service-key") else None)
    for kind, text, accept in IN_CONTEXT:
        yield Rule(kind, re.compile(text), accept)


TOKENS = (
    (
        "private-key",
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    ),
    (
        "private-key",
        r"(?m)(?:^[ \t|│]*[A-Za-z0-9+/=]{4,100}[ \t|│]*\n)*^[^\n]{0,100}-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----",
    ),
    (
        "hf-token",
        r"\b(?:hf(?:_|%5[Ff]|\\u005[Ff])[A-Za-z0-9]{20,}|api_org_[A-Za-z0-9]{20,}|hf_oauth_[\w.-]{20,}|hf_jwt_[\w.-]{20,})",
    ),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("gitlab-token", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[\w-]{20,}"),
    ("anthropic-key", r"\bsk-ant-[\w-]{16,}"),
    ("openai-key", r"\bsk-(?:proj-|svcacct-|admin-|or-v1-|live-|test-)?[A-Za-z0-9_-]{20,}(?<!-)"),
    ("google-key", r"\b(?:AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{30,})"),
    ("aws-key", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    (
        "slack-token",
        r"\b(?:xox[abeoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}|https://hooks\.slack\.com/(?:services|workflows)/[\w/+-]{20,})",
    ),
    ("stripe-key", r"\b(?:[srp]k_(?:live|test)|whsec|rk_live)_[A-Za-z0-9]{16,}"),
    ("telegram-token", r"(?<![\w:])(?:bot)?(?P<secret>\d{8,10}:[A-Za-z0-9_-]{35})(?![\w-])"),
    (
        "discord-token",
        r"\b(?:[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}\b|https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,})",
    ),
    ("sendgrid-key", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("package-token", r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[\w-]{50,}|dckr_pat_[\w-]{20,})"),
    (
        "service-key",
        (
            r"\b(?:gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{40,}|pplx-[A-Za-z0-9]{30,}|tvly-[\w-]{20,}|pcsk_[\w-]{30,}|lsv2_\w{30,}"
            r"|sbp_[a-f0-9]{30,}|sb_secret_[\w-]{20,}|dapi[a-f0-9]{32}|dop_v1_[a-f0-9]{40,}|lin_api_\w{30,}|ntn_\w{30,}|sk_[a-f0-9]{40,}|nvapi-[\w-]{40,}"
            r"|fw_[A-Za-z0-9]{20,}|jina_[\w]{40,}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{16,}|hvs\.[\w-]{20,}|SK[0-9a-f]{32}|key-[0-9a-f]{32})\b"
        ),
    ),
    ("jwt", r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{5,}"),
    (
        "password-hash",
        (
            r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{20,53}|\$(?:argon2(?:id|i|d)|scrypt|pbkdf2-sha\d+|5|6|y)\$[^\s'\"]{20,}"
            r"|\b(?:pbkdf2_sha\d+|pbkdf2:sha\d+:\d+|scrypt:\d+:\d+:\d+|sha1|md5)\$[^\s'\"]{20,}|\{(?:SSHA|SHA|MD5|SMD5)\d{0,3}\}[A-Za-z0-9+/=]{20,}"
        ),
    ),
)
BEGINNING = rf"(?m){START}(?:hf_|gh[pousr]_|github_pat_|glpat-|sk-|[srp]k_live_|AIza|ya29\.|xox[abeoprs]-|eyJ)[\w.-]{{4,}}$"
IN_CONTEXT: tuple[tuple[str, str, Callable[[str], bool] | None], ...] = (
    ("token", BEGINNING, _is_key_material),  # its rest stands on a line that is not shown
    ("password", r"(?<=://)[^\s:/@'\"]{0,80}:(?P<secret>[^\s/'\"<>]{1,200})(?=@[\w\[])", None),
    ("token", r"(?<=://)(?P<secret>[A-Za-z0-9_-]{20,200})(?=@[\w\[])", _is_mixed),
    (
        "authorization",
        rf"(?i)\bauthorization{QUOTE}?[ \t]*[:=,][ \t]*b?{QUOTE}?(?P<secret>(?:bearer|basic|token|digest|apikey) [^\s'\"\\,]{{6,}}|[\w.+/=-]{{16,}})",
        None,
    ),
    ("authorization", r"\bBearer (?P<secret>[\w.~+/=-]{12,})", _is_mixed),
    ("authorization", r"\bBasic (?P<secret>[A-Za-z0-9+/]{6,}={0,2})", _is_name_and_password),
    (
        "cookie",
        rf"(?i)\b(?:set-)?cookie{QUOTE}?[ \t]*[:=,][ \t]*b?{QUOTE}?(?P<secret>[\w.!#$%&*+^`|~-]{{1,80}}=[^'\"\\\n]{{4,}})",
        None,
    ),
    (
        "signature",
        (
            r"(?i)(?:[?&;]|%3F|%26)(?:__sign|x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig|policy"
            r"|key-pair-id|access_token|id_token|refresh_token|token|hf_token|api_?key|key|auth|code|client_secret|password|pwd)(?:=|%3D)"
            r"(?P<secret>(?:(?!%26)[^\s&;'\"<>\\]){6,})"
        ),
        _is_value,
    ),
    ("azure-key", r"(?i)(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?P<secret>[^\s;'\"]{10,})", None),
    ("password", r"(?i)[;'\"](?:pwd|password)=(?P<secret>[^;'\"\n]{1,200})(?=;|['\"]|$)", None),
    (
        "password",
        r"\b(?:host|hostaddr|dbname|user|port|sslmode)=[^\s'\"]{1,200} (?:\w+=[^\s'\"]{0,200} ){0,8}?password=(?P<secret>[^\s'\"]{1,200})",
        None,
    ),
    (
        "password",
        r"\bpassword=(?P<secret>[^\s'\"]{1,200})(?= (?:\w+=[^\s'\"]{0,200} ){0,8}?(?:host|hostaddr|dbname|user|port|sslmode)=)",
        None,
    ),
    (
        "secret",
        (
            rf"(?i)\b{KEY_WORDS}{QUOTE}?[ \t]*(?:=|:|=>)[ \t]*(?:b|r)?(?P<quote>{QUOTE})"
            r"(?P<secret>(?:(?!(?P=quote))[^\n]){4,400}?)(?P=quote)"
        ),
        _is_value,
    ),
    ("secret", rf"(?im)\b{KEY_WORDS}[ \t]*=[ \t]*(?:b|r)?(?P<quote>['\"])(?P<secret>[^'\"\n]{{4,2000}})$", _is_value),
    ("secret", rf"(?i)\b{KEY_WORDS}=(?P<secret>[^\s'\",;&)\]}}]{{4,400}})", _is_token_like),
    ("secret", rf"(?i)\b{KEY_WORDS}{QUOTE}?: (?P<secret>[^\s'\",;&)\]}}]{{6,400}})", _is_token_like),
    ("secret", rf"(?i)\b{KEY_WORDS} = (?P<secret>[^\s'\",;&()\]}}]{{6,400}})", _is_token_like),
    ("secret", r"(?i)\binput_value=['\"](?P<secret>[^'\"\n]{16,200})['\"](?=, input_type=str)", _is_key_material),
    ("key-material", r"(?<![\w+/=.-])(?P<secret>[A-Za-z0-9+/]{56,}={0,2})(?![\w+/=-])", _is_random),
    ("key-material", r"(?m)^(?P<secret>[\w+/.=-]{20,})$", _is_random),
    (
        "email",
        r"(?<![\w/@.+-])(?P<secret>[A-Za-z0-9][\w.+%-]{0,63}(?:@|%40)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24})\b(?!/)",
        _is_person,
    ),
    ("row", r"\bKey \([^()\n]{1,200}\)=\((?P<secret>[^()\n]{1,400})\)", _is_personal),
    ("row", r"\bDuplicate entry '(?P<secret>[^'\n]{1,400})' for key", _is_personal),
    (
        "ip",
        (
            r"(?i)(?:(?<=//)|(?<=@)|(?<=\")|(?<=')|(?<=\()|(?<=\[)|(?<=\bfrom )|(?<=\bhost )|(?<=\bclient )|(?<=\bserver )|(?<=\baddress )"
            r"|(?<=\bconnect to )|(?<=\bat )|(?<=\bip )|(?<=\bip: )|(?<=for: )|(?<=\bhost=)|(?<=\baddr=)|(?<=\bto )|(?<=INFO: {5})|^)"
            r"(?P<secret>(?:\d{1,3}\.){3}\d{1,3})(?![\w.])"
        ),
        _is_public,
    ),
    ("ip", r"(?<![\w.=-])(?P<secret>(?:\d{1,3}\.){3}\d{1,3})(?=:\d{2,5}\b|, port|\s+- - \[)", _is_public),
    (
        "ip",
        r"(?i)(?<![\w:.])(?P<secret>(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}|:)(?::[0-9a-f]{1,4}){0,6})(?![\w:.])",
        _is_public,
    ),
)
PARAMETERS = re.compile(r"(\[parameters: )([\s\S]{0,8000}?[)}\]]\](?=\s|$)|[^\n]*)")
QUOTED = re.compile(r"(?P<quote>['\"])(?P<secret>(?:\\.|(?!(?P=quote))[\s\S]){1,2000})(?P=quote)(?!\s*:)")
ROW = re.compile(r"(Failing row contains \()([^\n]*?)(\)\.?(?:\s|$)|$)", re.MULTILINE)
RULES = tuple(_rules())
ACROSS_LINES = tuple(
    rule
    for rule in RULES
    if rule.kind in ({kind for kind, _ in TOKENS} - {"private-key"}) | {"signature", "azure-key", "password", "token"}
)
WHOLE_LENGTH = {"hf-token": 37, "google-key": 39, "github-token": 40, "gitlab-token": 26, "aws-key": 20, "stripe-key": 107}
