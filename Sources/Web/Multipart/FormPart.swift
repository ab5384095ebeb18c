import Foundation
import Primitives

/// What the head of a form's part says.
package struct FormPart: Hashable, Sendable {
    /// Of the field.
    package let name: String
    /// What the sender calls the file, without its directories; nil for a part that is no file.
    package let fileName: String?
    /// As the sender says it, in lower case and without parameters. It proves nothing.
    package let mediaType: String?

    package init(name: String, fileName: String? = nil, mediaType: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.mediaType = mediaType
    }

    private static let fieldsMax = 16

    /// Reads the header fields of a part, without the empty line that ends them.
    ///
    /// - Throws: `request.bad_multipart`.
    init(head: ArraySlice<UInt8>) throws(Failure) {
        let fields = try Self.fields(head)
        guard let disposition = fields["content-disposition"] else {
            throw .badMultipart("a part has no Content-Disposition")
        }
        let parameters = try FieldParameters(disposition)
        guard parameters.value == "form-data", let name = parameters["name"] else {
            throw .badMultipart("a part's Content-Disposition is not form-data with a name")
        }
        // A file may hold anything, so only what came as it is can be told from what was wrapped once more.
        if let encoding = fields["content-transfer-encoding"]?.lowercased(),
            !["binary", "8bit", "7bit"].contains(encoding)
        {
            throw .badMultipart("a part has the Content-Transfer-Encoding \(encoding): send it as it is")
        }
        self.name = Self.unescaped(name)
        fileName = try Self.fileName(parameters)
        mediaType = try fields["content-type"].map { text throws(Failure) in try FieldParameters(text).value }
        if mediaType?.hasPrefix("multipart/") == true {
            throw .badMultipart("a part holds parts of its own: send each file as a part of the form")
        }
    }

    private static func fields(_ head: ArraySlice<UInt8>) throws(Failure) -> [String: String] {
        guard let text = String(validating: head, as: UTF8.self) else {
            throw .badMultipart("a part's header fields are not UTF-8")
        }
        var fields: [String: String] = [:]
        guard !text.isEmpty else { return fields }
        for line in text.components(separatedBy: "\r\n") {
            guard !line.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\t" || $0.value == 127 }),
                let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), HeaderText.isToken(String(line[..<colon]))
            else { throw .badMultipart("a line of a part's head is no header field") }
            let value = String(line[line.utf8.index(after: colon)...]).trimmingCharacters(in: .whitespaces)
            guard fields.updateValue(value, forKey: line[..<colon].lowercased()) == nil, fields.count <= fieldsMax
            else {
                throw .badMultipart("a part has a header field twice, or more than \(fieldsMax) of them")
            }
        }
        return fields
    }

    /// - Throws: `request.bad_multipart` for a `filename*` that cannot be read.
    private static func fileName(_ parameters: FieldParameters) throws(Failure) -> String? {
        let name: String
        if let extended = parameters["filename*"] {
            guard let decoded = Self.decoded(extended) else {
                throw .badMultipart("a part's filename* is not like UTF-8''chart%20%E2%82%AC.png")
            }
            name = decoded
        } else if let plain = parameters["filename"] {
            name = unescaped(plain)
        } else {
            return nil
        }
        let parts = name.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.last.map { String($0) } ?? ""
    }

    /// The text of `UTF-8'en'%E2%82%AC`, as RFC 8187 writes it.
    private static func decoded(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = PercentEncoding.decoded(parts[2]) else { return nil }
        return switch parts[0].lowercased() {
        case "utf-8": String(validating: bytes, as: UTF8.self)
        case "iso-8859-1": String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: nil
        }
    }

    /// Browsers escape these three in names, and nothing else.
    private static func unescaped(_ name: String) -> String {
        name.replacingOccurrences(of: "%22", with: "\"").replacingOccurrences(of: "%0D", with: "\r")
            .replacingOccurrences(of: "%0A", with: "\n")
    }
}
