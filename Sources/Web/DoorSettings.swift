import NIOSSL
import Primitives

/// How the outside meets the server: under which names, over which proxies, with which certificate.
package struct DoorSettings: Sendable {
    package var cookies: CookieNames
    package var proxies: TrustedProxies
    /// Other sites and extensions whose pages may call, without cookies.
    package var allowedOrigins: [String]
    /// Whether browsers reach the server over TLS only.
    package var isSecure: Bool
    let tls: NIOSSLContext?

    package init(
        cookies: CookieNames = .plain, proxies: TrustedProxies = .none, allowedOrigins: [String] = [],
        isSecure: Bool = false, certificate: Certificate? = nil
    ) throws(Failure) {
        self.cookies = cookies
        self.proxies = proxies
        self.allowedOrigins = allowedOrigins
        self.isSecure = isSecure || certificate != nil
        tls = try certificate.map { certificate throws(Failure) in try certificate.context() }
    }

    /// A certificate with its chain, and its key, as PEM files.
    package struct Certificate: Sendable {
        private let chainPath: String
        private let keyPath: String

        package init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }

        fileprivate func context() throws(Failure) -> NIOSSLContext {
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(chainPath).map { NIOSSLCertificateSource.certificate($0) }
                let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
                var configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain, privateKey: .privateKey(key))
                configuration.minimumTLSVersion = .tlsv12
                configuration.applicationProtocols = ["http/1.1"]
                return try NIOSSLContext(configuration: configuration)
            } catch {
                throw Failure(
                    .invalid, "config.bad_certificate",
                    "The certificate \(chainPath) and the key \(keyPath) cannot be used together: give PEM files, the "
                        + "server's certificate first, then those that signed it.")
            }
        }
    }
}
