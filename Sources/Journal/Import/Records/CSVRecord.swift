import Primitives

/// One record of a CSV file, as bytes: made once, filled again for every record, so that a file of a million rows costs
/// no allocation for each field.
package struct CSVRecord: Sendable {
    /// The number of the physical line on which the record begins. The first line of a file is 1.
    package internal(set) var line = 0
    /// Why the record cannot be read. It then has no fields.
    package internal(set) var failure: Failure?

    /// Unescaped fields, possibly with the delimiters between them.
    var bytes: [UInt8] = []
    /// Where each field lies in `bytes`.
    var bounds: [Range<Int>] = []

    package init() {}

    /// The number of fields.
    package var count: Int { bounds.count }

    /// The bytes of one field. Empty for a field that the record does not have.
    package subscript(index: Int) -> ArraySlice<UInt8> { bounds.indices.contains(index) ? bytes[bounds[index]] : [] }

    /// A field as text; what is not UTF-8 becomes U+FFFD.
    package func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    /// Empties it for the record that begins on this line.
    package mutating func begin(line: Int) {
        self.line = line
        failure = nil
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
    }

    /// Adds a field, unescaped, to a record that was begun.
    package mutating func append(_ field: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: field)
        bounds.append(start..<bytes.count)
    }

    /// Adds empty fields up to this number.
    mutating func pad(to count: Int) {
        while bounds.count < count { bounds.append(bytes.count..<bytes.count) }
    }

    mutating func refuse(_ failure: Failure) {
        self.failure = failure
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
    }
}
