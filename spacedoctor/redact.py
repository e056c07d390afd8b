"""Replace secrets and personal data by placeholders that tell their kind; the same secret gets the same placeholder.

No library's rules fit: detect-secrets (last release 2024) has none for Hugging Face, Anthropic or Google, the others are programs of their own.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KEY_WORDS = (
    r"(?:\w{0,40}(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|auth[_-]?key|client[_-]?secret"
    r"|signing[_-]?key|encryption[_-]?key|token|credential|pwd)\w{0,20})"
)
NO_SECRET = re.compile(
    r"(?i)(?:none|null|nil|undefined|true|false|empty|missing|required|invalid|unset|change_?me|your[\w-]*|my[_-]\w*|xx+|\*+|\.+|<[^>]*>|\$\{?\w*\}?"
    r"|[A-Z][A-Z0-9_]{2,}_(?:KEY|TOKEN|SECRET|PASSWORD|ID)|[A-Z][A-Z_]+|[a-z_]+(?:\.[a-z_]+)+|[a-z_]+|\w+\([^)]*|%\w|\{\w*\}?|str|int|bool|type=\w+)"
)
EXAMPLE_KINDS = frozenset({"email", "ip", "sql-value", "row"})
LONGEST_KNOWN = 4096


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


def _is_token_like(text: str) -> bool:
    mixed = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    return mixed and _is_value(text) and len(text) >= 8 and not text.endswith(("(", ")", ","))


def _is_public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def _is_person(text: str) -> bool:
    local, _, host = text.partition("@")
    return (
        local not in ("git", "hg", "svn")
        and not local.endswith(".git")
        and not host.endswith((".local", ".git", ".png", ".py", ".js"))
    )


def _is_key_material(text: str) -> bool:
    return any(c.islower() for c in text) and any(c.isupper() for c in text) and any(c.isdigit() for c in text)


def _rules() -> Iterator[Rule]:
    for kind, text in TOKENS:
        yield Rule(kind, re.compile(text))
    for kind, text, accept in IN_CONTEXT:
        yield Rule(kind, re.compile(text), accept)


TOKENS = (
    ("private-key", r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)"),
    ("hf-token", r"\b(?:hf_[A-Za-z0-9]{20,}|api_org_[A-Za-z0-9]{20,}|hf_oauth_[\w.-]{20,})"),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b"),
    ("gitlab-token", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[\w-]{20,}"),
    ("anthropic-key", r"\bsk-ant-[\w-]{16,}"),
    ("openai-key", r"\bsk-(?:proj-|svcacct-|admin-|or-v1-|live-|test-)?[A-Za-z0-9_-]{20,}(?<!-)\b"),
    ("google-key", r"\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}|\b1//0[\w-]{30,}"),
    ("aws-key", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    (
        "slack-token",
        r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}|https://hooks\.slack\.com/(?:services|workflows)/[\w/+-]{20,}",
    ),
    ("stripe-key", r"\b(?:[srp]k_(?:live|test)|whsec|rk_live)_[A-Za-z0-9]{16,}"),
    ("telegram-token", r"(?<![\w:])(?:bot)?(?P<secret>\d{8,10}:[A-Za-z0-9_-]{35})(?![\w-])"),
    (
        "discord-token",
        r"\b[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}\b|https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}",
    ),
    ("sendgrid-key", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("package-token", r"\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{50,}|\bdckr_pat_[\w-]{20,}"),
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
            r"|\b(?:pbkdf2_sha\d+|pbkdf2:sha\d+:\d+|scrypt:\d+:\d+:\d+)\$[^\s'\"]{20,}"
        ),
    ),
)
IN_CONTEXT: tuple[tuple[str, str, Callable[[str], bool] | None], ...] = (
    ("password", r"(?<=://)[^\s:/@'\"]{0,80}:(?P<secret>[^\s/'\"<>]{1,200})(?=@[\w\[])", None),
    (
        "authorization",
        r"(?i)\bauthorization['\"]?\s*[:=,]\s*['\"]?(?:b')?(?P<secret>(?:bearer|basic|token|digest|apikey) [^\s'\",]{6,}|[\w.+/=-]{16,})",
        None,
    ),
    ("authorization", r"\bBearer (?P<secret>[\w.~+/=-]{12,})", _is_key_material),
    ("cookie", r"(?i)\b(?:set-)?cookie['\"]?\s*[:=,]\s*['\"]?(?P<secret>[\w.!#$%&*+^`|~-]{1,80}=[^'\"\n]{4,})", None),
    (
        "signature",
        (
            r"(?i)[?&;](?:__sign|x-amz-(?:signature|credential|security-token)|signature|sig|policy|key-pair-id|access_token|id_token"
            r"|refresh_token|token|api_?key|key|auth|code|client_secret|password)=(?P<secret>[^\s&;'\"<>]{6,})"
        ),
        _is_value,
    ),
    ("azure-key", r"(?:AccountKey|SharedAccessKey|SharedAccessSignature|sharedaccesskey)=(?P<secret>[^\s;'\"]{10,})", None),
    (
        "secret",
        rf"(?i)\b{KEY_WORDS}['\"]?\s*(?:=|:|=>)\s*(?:b|r)?(?P<quote>['\"])(?P<secret>[^'\"\n]{{4,400}})(?P=quote)",
        _is_value,
    ),
    ("secret", rf"(?i)\b{KEY_WORDS}=(?P<secret>[^\s'\",;&)\]}}]{{4,400}})", _is_token_like),
    ("secret", rf"(?i)\b{KEY_WORDS}: (?P<secret>[^\s'\",;&)\]}}]{{8,400}})", _is_token_like),
    ("secret", r"(?i)\binput_value=['\"](?P<secret>[^'\"\n]{16,200})['\"](?=, input_type=str)", _is_key_material),
    ("key-material", r"(?m)^\s*(?P<secret>[A-Za-z0-9+/]{56,}={0,2})\s*$", _is_key_material),
    (
        "email",
        r"(?<![\w/@.+-])(?P<secret>[A-Za-z0-9][\w.+%-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24})\b(?!/)",
        _is_person,
    ),
    (
        "ip",
        (
            r"(?i)(?:(?<=//)|(?<=@)|(?<=\")|(?<=')|(?<=\()|(?<=\bfrom )|(?<=\bhost )|(?<=\bclient )|(?<=\bserver )|(?<=\baddress )"
            r"|(?<=\bconnect to )|(?<=\bat )|(?<=\bip )|(?<=\bip: )|(?<=for: )|(?<=\bhost=)|(?<=\baddr=)|(?<=INFO: {5})|^)"
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
PARAMETERS = re.compile(r"(\[parameters: )(.*)", re.DOTALL)
QUOTED = re.compile(r"(?P<quote>['\"])(?P<secret>(?:(?!(?P=quote)).){1,2000})(?P=quote)(?!\s*:)")
ROW = re.compile(r"(Failing row contains \()([^\n]*?)(\)\.?(?:\s|$)|$)")
RULES = tuple(_rules())


class Redactor:
    """Masks secrets; the same secret gets the same placeholder wherever it comes again, also where nothing around it tells what it is.

    Attributes:
        kinds: how many different secrets of each kind were masked.
        off: nothing is masked.
    """

    def __init__(self, *, off: bool = False) -> None:
        self.off = off
        self._names: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()

    def mask(self, text: str) -> str:
        """Return `text` with its secrets replaced by `<kind-number>`."""
        if self.off:
            return text
        for secret, name in self._names.items():
            if secret in text:
                text = text.replace(secret, name)
        for rule in RULES:
            text = rule.pattern.sub(lambda found, rule=rule: self._replaced(rule, found), text)  # type: ignore[misc]
        if "[parameters: " in text:
            text = PARAMETERS.sub(lambda found: found[1] + QUOTED.sub(self._value, found[2]), text)
        return ROW.sub(lambda found: f"{found[1]}<row>{found[3]}", text) if "Failing row" in text else text

    def _replaced(self, rule: Rule, found: re.Match[str]) -> str:
        group: str | int = "secret" if "secret" in rule.pattern.groupindex and found["secret"] is not None else 0
        secret = found[group]
        if secret.startswith("<") or (rule.accept and not rule.accept(secret)):
            return found[0]
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return found[0][:start] + self._name(rule.kind, secret) + found[0][end:]

    def _value(self, found: re.Match[str]) -> str:
        secret = found["secret"]
        return found[0] if secret.startswith("<") else f"{found['quote']}{self._name('sql-value', secret)}{found['quote']}"

    def _name(self, kind: str, secret: str) -> str:
        if secret not in self._names:
            self.kinds[kind] += 1
            name = f"<{kind}-{self.kinds[kind]}>"
            if len(secret) < 8 or len(secret) > LONGEST_KNOWN:  # too short to be replaced wherever it stands
                return name
            self._names[secret] = name
        return self._names[secret]


def secrets_in(text: str) -> list[str]:
    """Return the kinds of secrets in a text; data that examples may hold (addresses, values of rows) is no secret here."""
    redactor = Redactor()
    redactor.mask(text)
    return sorted(redactor.kinds.keys() - EXAMPLE_KINDS)
