"""Shapes that no browser of ours sends: values for one field, and whole bodies, each by its name."""

import uuid
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

Fields = dict[str, list[str]]
FORM = "application/x-www-form-urlencoded"
B = "b0undary"
MULTIPART = f"multipart/form-data; boundary={B}"

# Raw words, already as they stand in a body: what cannot be written in UTF-8 is written by its bytes.
VALUES: dict[str, str | bytes] = {
    "nothing": "",
    "spaces": " \t\u00a0\u3000 ",
    "nul": "a\0b",
    "lone surrogate": b"%ED%A0%80",
    "invalid utf-8": b"%FF%FE%C3%28",
    "overlong utf-8": b"%C0%AF",
    "half an escape": b"%4",
    "noncharacters": "\uffff\ufffe",
    "control signs": "".join(map(chr, range(1, 32))) + "\x7f\x85\u2028\u2029",
    "bidi": "\u202egnp.exe\u2066\u2069\u200f",
    "joined emoji": "👩🏽‍⚕️" * 50,
    "many marks on a letter": "a" + "\u0301" * 2000,
    "negative": "-1",
    "nought": "0",
    "more than 32 bits": "2147483648",
    "more than 64 bits": "9223372036854775808",
    "less than 64 bits": "-9223372036854775809",
    "more digits than are read": "9" * 5000,
    "1e400": "1e400",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "signs that count as digits": "²",
    "digits of elsewhere": "１２٣",
    "number in words": "1_0",
    "day 0": "0000-00-00",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "no such day": "2026-02-30",
    "last instant": "9999-12-31T23:59:59.999999+14:00",
    "no such time": "25:61",
    "other id": str(uuid.UUID(int=0)),
    "half an id": "3ac118b3-52",
    "path": "../../../../etc/passwd",
    "zone that is a path": "America/../../etc/localtime",
    "half an address": "http://[::1",
    "header": "x\r\nSet-Cookie: a=b\r\n\r\n<p>",
    "script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% debug %}%(x)s%s{0.__class__}",
    "query": "' OR 1=1; DROP TABLE accounts_user; --",
    "formula": "=cmd|'/c calc'!A1",
    "address": "a@" + "b." * 120 + "example",
    "phone": "+" + "9" * 200,
    "json": '{"id": [null, {"rawId": 1e999}], "type": true, "response": []}',
    "deep json": "[" * 20_000,
    "list": "[1, 2]",
    "none": "null",
    "long": "x" * 100_000,
    "long without end": "(" * 5_000 + "a" * 5_000 + "!",
    "a megabyte": "y" * 1_000_000,
    "comparison of patterns": "%_\\",
}


def encoded(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else quote_plus(value, errors="surrogatepass").encode()


def body(fields: dict[str, list[str | bytes]]) -> bytes:
    pairs = [(name, value) for name, values in fields.items() for value in values]
    return b"&".join(quote_plus(name).encode() + b"=" + encoded(value) for name, value in pairs)


def parts(fields: Fields, end: str = f"--{B}--\r\n") -> bytes:
    said = (
        f'--{B}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, vs in fields.items() for v in vs
    )
    return ("".join(said) + end).encode("utf-8", "surrogatepass")


def file_part(header: str, content: bytes = b"%PDF-1.4") -> bytes:
    return f"--{B}\r\nContent-Disposition: form-data; {header}\r\n\r\n".encode() + content + f"\r\n--{B}--\r\n".encode()


Whole = Callable[[Fields], tuple[bytes, str]]
BODIES: dict[str, Whole] = {
    "no body": lambda fields: (b"", FORM),
    "no content type": lambda fields: (body(fields), ""),
    "json for a form": lambda fields: (b'[{"a": 1}]', "application/json"),
    "text for a form": lambda fields: (body(fields), "text/plain"),
    "xml for a form": lambda fields: (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "application/xml"),
    "another coding": lambda fields: (body(fields), f"{FORM}; charset=utf-16"),
    "no such coding": lambda fields: (body(fields), f"{FORM}; charset=x-none"),
    "bytes": lambda fields: (bytes(range(256)) * 8, FORM),
    "only separators": lambda fields: (b"&=&&==&;" * 20, FORM),
    "each field twice": lambda fields: (body({n: [*v, "other"] for n, v in fields.items()}), FORM),
    "each field an array": lambda fields: (
        body({f"{n}{end}": v for n, v in fields.items() for end in ("[]", "[0]", ".a")}),
        FORM,
    ),
    "each field a list of hundred": lambda fields: (body({n: v * 100 for n, v in list(fields.items())[:4]}), FORM),
    "names with signs": lambda fields: (body({f"{n}\0": v for n, v in fields.items()} | {"": [""], "\n": ["x"]}), FORM),
    "more fields than are read": lambda fields: (body({f"f{n}": ["x"] for n in range(700)} | fields), FORM),
    "more than a megabyte": lambda fields: (body(fields | {"more": ["z" * 1_100_000]}), FORM),
    "parts": lambda fields: (parts(fields), MULTIPART),
    "parts without a boundary": lambda fields: (parts(fields), "multipart/form-data"),
    "parts with another boundary": lambda fields: (parts(fields), "multipart/form-data; boundary=other"),
    "parts with a boundary that is none": lambda fields: (
        parts(fields),
        "multipart/form-data; boundary=\u00e9" + "x" * 300,
    ),
    "parts without an end": lambda fields: (parts(fields, end=f"--{B}\r\nContent-Disp"), MULTIPART),
    "a part without a name": lambda fields: (file_part(""), MULTIPART),
    "parts in another alphabet": lambda fields: (
        file_part('name="a"\r\nContent-Transfer-Encoding: base64', b"%%%"),
        MULTIPART,
    ),
    "parts within parts": lambda fields: (
        f"--{B}\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--{B}--".encode(),
        MULTIPART,
    ),
    "a file where words belong": lambda fields: (
        b"".join(file_part(f'name="{name}"; filename="a.pdf"')[: -len(B) - 6] for name in fields)
        + f"--{B}--\r\n".encode(),
        MULTIPART,
    ),
    "an empty file": lambda fields: (file_part('name="files"; filename=""', b""), MULTIPART),
    "a file with a hostile name": lambda fields: (
        file_part('name="files"; filename="../../a\u202e\x00\r.pdf"; filename*=UTF-8\'\'%2e%2e%2f%00%ff'),
        MULTIPART,
    ),
    "a file with a name of 70 000 letters": lambda fields: (
        file_part(f'name="files"; filename="{"n" * 70_000}.pdf"'),
        MULTIPART,
    ),
    "fields a form does not have": lambda fields: (body(fields | {key: ["1"] for key in TAKEN}), FORM),
}
# What a row has and no form may set.
TAKEN = (
    "id", "pk", "role", "is_staff", "is_superuser", "is_active", "can_sign_in", "user", "person", "patient", "case",
    "owner", "by", "actor", "password", "consultant", "starter", "state", "version", "verified", "until_on", "key",
)  # fmt: skip


def bodies(fields: Fields, turn: int = 0) -> Iterator[tuple[str, bytes, str]]:
    """Every shape of a form: a value in all fields at once, the next in one of them with the others as they were.

    Another `turn` changes which value goes where, so that the forms together see each value both ways.
    """
    names = list(fields) or ["x"]
    for number, (what, value) in enumerate(VALUES.items(), turn):
        name = names[number % len(names)]
        if number % 2 and what != "a megabyte":
            yield what, body(fields | {each: [value] for each in names}), FORM
        else:
            yield f"{what} in {name}", body(fields | {name: [value]}), FORM
    for name in names[turn % 2 :: 2]:
        yield f"without {name}", body({other: values for other, values in fields.items() if other != name}), FORM
    for what, whole in BODIES.items():
        yield what, *whole(fields)
