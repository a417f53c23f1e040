//! Certificates of X.509: an authority of the fleet's own, and what it signs for hosts.
//!
//! Keys are of the curve P-256, which every TLS library reads. An authority is its private key alone: its certificate
//! says nothing but its name and that key, so it can be written whenever it is wanted.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use super::{Made, Subject};
use crate::secrets::memory::Plain;
use crate::value::Date;

/// How long a certificate is valid, in days: ten years. Who signs anew sooner says so with `rotate_every`.
const DAYS: i64 = 3652;

/// The private key of an authority; everybody may know its certificate.
pub(super) fn authority(subject: &Subject) -> Result<Made, String> {
    let key = KeyPair::generate().map_err(refused)?;
    let certificate = root(&key, subject.today)?.self_signed(&key).map_err(refused)?;
    let value = Plain::new(key.serialize_pem().into_bytes());
    Ok(Made { value, public: Some(certificate.pem().trim_end().to_owned()) })
}

/// The certificate of an authority.
pub(super) fn of_authority(authority: &[u8], subject: &Subject) -> Result<Plain, String> {
    let key = key(authority)?;
    let certificate = root(&key, subject.today)?.self_signed(&key).map_err(refused)?;
    Ok(Plain::new(certificate.pem().into_bytes()))
}

/// A new private key, and its certificate for the names and addresses of the subject.
pub(super) fn signed(authority: &[u8], subject: &Subject) -> Result<Plain, String> {
    let authority = key(authority)?;
    let issuer = Issuer::new(root(&authority, subject.today)?, authority);
    let key = KeyPair::generate().map_err(refused)?;
    let mut leaf = dated(subject.today)?;
    leaf.distinguished_name = name(subject.names.first().unwrap_or(&subject.label));
    for name in &subject.names {
        leaf.subject_alt_names.push(match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into().map_err(refused)?),
        });
    }
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Members of a cluster are each other's servers and clients.
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = leaf.signed_by(&key, &issuer).map_err(refused)?;
    let mut value = Plain::new(key.serialize_pem().into_bytes());
    certificate.pem().bytes().for_each(|byte| value.push(byte));
    Ok(value)
}

fn key(pem: &[u8]) -> Result<KeyPair, String> {
    let text = std::str::from_utf8(pem).map_err(|_| "the authority is no private key".to_owned())?;
    KeyPair::from_pem(text).map_err(|error| format!("the authority is no private key: {error}"))
}

/// What the certificate of an authority says. Its name holds a part of its key, so that no two have one name.
fn root(key: &KeyPair, today: Date) -> Result<CertificateParams, String> {
    let mut root = dated(today)?;
    let identity: String = root.key_identifier(key).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    root.distinguished_name = name(&format!("Cistern authority {identity}"));
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(root)
}

/// Valid from the day before, since a host's clock may be behind or in another time zone.
fn dated(today: Date) -> Result<CertificateParams, String> {
    let mut params = CertificateParams::new(Vec::new()).map_err(refused)?;
    let day = |days: i64| {
        let (year, month, day) = Date::from_days(today.days() + days).parts();
        let narrow = |part: i64| u8::try_from(part).map_err(|_| "the calendar has no such day".to_owned());
        let year = i32::try_from(year).map_err(|_| "the clock is beyond every calendar".to_owned())?;
        Ok::<_, String>(rcgen::date_time_ymd(year, narrow(month)?, narrow(day)?))
    };
    params.not_before = day(-1)?;
    params.not_after = day(DAYS)?;
    Ok(params)
}

fn name(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, text);
    name
}

fn refused(error: rcgen::Error) -> String {
    format!("the certificate cannot be written: {error}")
}
