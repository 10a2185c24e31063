//! TLS, and whom it believes.

use super::native::Native;
use super::socket::Socket;
use crate::options::{Options, TlsMode};
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Goes on by TLS.
pub(super) async fn secure(socket: Socket, mode: TlsMode, options: &Options) -> Result<Socket, Native> {
    let name = options.certificate_host.as_ref().unwrap_or(&options.host);
    let name = ServerName::try_from(name.clone()).map_err(failed)?;
    let stream = TlsConnector::from(Arc::new(config(mode, options)?)).connect(name, socket).await;
    // What is said of a certificate comes as an error of reading.
    stream.map(|stream| Box::new(stream) as Socket).map_err(|error| match error.get_ref() {
        Some(inner) if inner.is::<rustls::Error>() => Native::Tls(error.into()),
        _ => Native::Io(error),
    })
}

fn config(mode: TlsMode, options: &Options) -> Result<ClientConfig, Native> {
    // Where several libraries of a program bring providers of cryptography, rustls wants to be told which.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(match mode {
        TlsMode::VerifyIdentity | TlsMode::Disabled => {
            builder.with_root_certificates(roots(options)?).with_no_client_auth()
        }
        TlsMode::Required => {
            let anybody = Arc::new(Anybody(provider));
            builder.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth()
        }
    })
}

/// The authorities of `ssl-ca`, else those of the web.
fn roots(options: &Options) -> Result<RootCertStore, Native> {
    let mut roots = RootCertStore::empty();
    let Some(path) = &options.root_certificate else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    for certificate in CertificateDer::pem_file_iter(path).map_err(failed)? {
        roots.add(certificate.map_err(failed)?).map_err(failed)?;
    }
    if roots.is_empty() {
        // One certificate in its binary form.
        roots.add(std::fs::read(path)?.into()).map_err(failed)?;
    }
    Ok(roots)
}

#[cold]
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Native {
    Native::Tls(Box::new(error))
}

/// Asks nothing but that the other side has the key of what it shows.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
