/// Where records come from: a CSV, a table of a spreadsheet, a list in JSON, one section of a statement.
package protocol RecordSource {
    /// Fills `record` with the next one; false at the end. Throws only for a source that cannot be read on.
    mutating func next(_ record: inout CSVRecord) throws -> Bool

    /// How many bytes of the file lie before the end of the last record: for a progress bar.
    var bytesConsumed: Int64 { get }

    /// What was chosen in a file of several tables, for people: see `ImportReader.reading`.
    var notes: [String] { get }
}

extension RecordSource {
    package var notes: [String] { [] }
}

extension CSVReader: RecordSource {}
