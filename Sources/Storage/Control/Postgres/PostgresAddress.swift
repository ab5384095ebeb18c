import CPQ
import Primitives

/// Where the PostgreSQL database is, and as whom: `postgresql://user@host/name`, as libpq reads it. It prints without its
/// parameters, so that no password reaches a log by accident.
package struct PostgresAddress: Sendable, CustomStringConvertible, CustomReflectable {
    static let connectSeconds = 5
    /// After so long without an answer from the other host's TCP a connection counts as lost, in milliseconds.
    static let silenceMilliseconds = 3000

    /// By libpq's names.
    let parameters: [String: String]

    /// - Throws: `database.bad_address`.
    package init(_ text: String) throws(Failure) {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { throw .databaseBadAddress }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(text, &message)
        // It may quote the password.
        PQfreemem(message)
        guard let options else { throw .databaseBadAddress }
        defer { PQconninfoFree(options) }
        var parameters = [
            "connect_timeout": "\(Self.connectSeconds)", "tcp_user_timeout": "\(Self.silenceMilliseconds)",
            "target_session_attrs": "read-write", "application_name": "daybook",
        ]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        parameters["client_encoding"] = "UTF8"
        self.parameters = parameters
    }

    package var description: String { "PostgreSQL database" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Failure {
    static let databaseBadAddress = Failure(
        .invalid, "database.bad_address",
        "The address of the database cannot be read. Give postgresql://USER@HOST/NAME, with special characters of a "
            + "password as %XX.")
}
