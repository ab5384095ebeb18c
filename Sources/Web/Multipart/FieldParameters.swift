import Foundation
import Primitives

/// The value of a header field such as `form-data; name="file"; filename="chart.png"`: a word, and parameters.
struct FieldParameters {
    /// In lower case.
    let value: String
    /// By their names in lower case.
    private let parameters: [String: String]

    /// - Throws: `request.bad_multipart` for what cannot be read, and for a parameter that is there twice.
    init(_ text: String) throws(Failure) {
        // By bytes: an accent behind a quotation mark would make one letter of both.
        var rest = Array(text.utf8)[...]
        value = Self.word(&rest, until: ";").lowercased()
        var parameters: [String: String] = [:]
        while rest.popFirst() != nil {
            let name = Self.word(&rest, until: "=;").lowercased()
            // A semicolon at the end means nothing.
            if name.isEmpty, rest.isEmpty { break }
            guard rest.popFirst() == UInt8(ascii: "="), HeaderText.isToken(name) else {
                throw .badMultipart("a header field has a parameter without a name or a value")
            }
            rest = rest.drop(while: HeaderText.isSpace)
            guard parameters.updateValue(try Self.value(&rest), forKey: name) == nil else {
                throw .badMultipart("a header field has the parameter \(name) twice")
            }
            rest = rest.drop(while: HeaderText.isSpace)
            guard rest.isEmpty || rest.first == UInt8(ascii: ";") else {
                throw .badMultipart("a header field goes on after a quoted text")
            }
        }
        self.parameters = parameters
    }

    subscript(_ name: String) -> String? { parameters[name] }

    private static func word(_ rest: inout ArraySlice<UInt8>, until marks: StaticString) -> String {
        let ends = Set(marks.description.utf8)
        let word = rest.prefix { !ends.contains($0) }
        rest = rest.dropFirst(word.count)
        return String(decoding: word, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }

    /// A word up to the next semicolon, or a quoted text.
    private static func value(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> String {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard rest.first == quote else { return word(&rest, until: ";") }
        rest = rest.dropFirst()
        var text: [UInt8] = []
        while let next = rest.popFirst() {
            if next == quote { return String(decoding: text, as: UTF8.self) }
            // Paths of some programs have backslashes that protect nothing.
            if next == backslash, let after = rest.first, after == quote || after == backslash {
                text.append(after)
                rest = rest.dropFirst()
            } else {
                text.append(next)
            }
        }
        throw .badMultipart("a quoted text in a header field never ends")
    }
}

/// What may stand in the header fields of a part.
enum HeaderText {
    private static let marks = Set("!#$%&'*+-.^_`|~".utf8)

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isLetterOrDigit($0) || marks.contains($0) }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
