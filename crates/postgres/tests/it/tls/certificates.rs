use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// Signs certificates of servers.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

/// What a server shows, and proves that it is its own; both in PEM.
#[derive(Clone)]
pub(super) struct Certificate {
    pub(super) chain: String,
    pub(super) key: String,
}

#[derive(Clone, Copy)]
pub(super) enum Validity {
    Now,
    Over,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let chain = params.self_signed(&key).unwrap().pem();
        let certificate = Certificate { chain, key: key.serialize_pem() };
        Self { issuer: Issuer::new(params, key), certificate }
    }

    pub(super) fn sign(&self, hosts: &[&str], validity: Validity) -> Certificate {
        let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = match validity {
            Validity::Now => date_time_ymd(2999, 1, 1),
            Validity::Over => date_time_ymd(2021, 1, 1),
        };
        let key = KeyPair::generate().unwrap();
        let chain = params.signed_by(&key, &self.issuer).unwrap().pem();
        Certificate { chain, key: key.serialize_pem() }
    }

    /// The authority's own certificate, as if it were a server's.
    pub(super) fn as_server(&self) -> Certificate {
        self.certificate.clone()
    }

    /// Writes the authority's certificate into a file of the folder and returns its path.
    pub(super) fn write(&self, folder: &Path) -> String {
        let number = std::fs::read_dir(folder).unwrap().count();
        let path = folder.join(format!("root{number}.pem"));
        std::fs::write(&path, &self.certificate.chain).unwrap();
        path.to_str().unwrap().to_owned()
    }
}
