"""A certificate authority of the emulator's own, made at start, and what it vouches for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE: Final = timedelta(days=365)
_PRIVATE: Final = 0o600
_RSA_BITS: Final = 2048
_RSA_EXPONENT: Final = 65_537

#: Loopback, and every host that a client of Salesforce may have written into it.
NAMES: Final = (
    "localhost",
    "*.salesforce.com",
    "*.my.salesforce.com",
    "*.sandbox.my.salesforce.com",
    "*.develop.my.salesforce.com",
    "*.scratch.my.salesforce.com",
)


def covers(host: str) -> bool:
    """Whether the certificate names a host; a star stands for one level (RFC 9525, 6.3)."""
    lower = host.lower()
    first, _, parent = lower.partition(".")
    return lower in NAMES or (bool(first) and f"*.{parent}" in NAMES)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths of PEM files: what clients trust, and what the server shows."""

    ca: Path
    certificate: Path
    key: Path


def make(folder: Path) -> Certificates:
    """A fresh authority and one certificate for all names; the key of the CA is dropped."""
    ca_key, server_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    ca_name = _name("Syncline emulator CA")
    ca = _base(ca_name, ca_name, ca_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    ca = ca.add_extension(_usage(signs=True), critical=True).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False
    )
    certificate = _server(server_key.public_key(), ca_name, ca_key)
    paths = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    paths.ca.write_bytes(_pem(ca.sign(ca_key, hashes.SHA256())))
    paths.certificate.write_bytes(_pem(certificate))
    _write_key(paths.key, server_key)
    return paths


def make_app_key(folder: Path) -> tuple[Path, str]:
    """The RSA key an app signs its JWTs with: the file of the private one, the other as PEM."""
    key = rsa.generate_private_key(public_exponent=_RSA_EXPONENT, key_size=_RSA_BITS)
    path = folder / "app.key"
    _write_key(path, key)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return path, public.decode()


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    path.touch(_PRIVATE)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _server(
    public: ec.EllipticCurvePublicKey, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    names = x509.SubjectAlternativeName(
        [
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            *(x509.DNSName(name) for name in NAMES),
        ]
    )
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        _base(_name("127.0.0.1"), issuer, public)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(authority, critical=False)
        .sign(key, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _base(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFE)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
