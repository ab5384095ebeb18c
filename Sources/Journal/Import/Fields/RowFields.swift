/// The fields of one record, trimmed. A column that the file does not have is empty.
struct RowFields {
    let line: Int
    private let bytes: FieldBytes
    private let bounds: [Range<Int>]
    private let places: ColumnPlaces

    init(_ bytes: FieldBytes, _ bounds: [Range<Int>], _ places: ColumnPlaces, line: Int) {
        self.bytes = bytes
        self.bounds = bounds
        self.places = places
        self.line = line
    }

    /// The field in the column at this place of the header, from 0; empty below 0.
    subscript(place: Int) -> FieldBytes {
        guard place >= 0, place < bounds.count else { return FieldBytes(start: nil, count: 0) }
        return FieldBytes(rebasing: bytes[bounds[place]]).trimmed
    }

    subscript(role: ColumnLayout.Role) -> FieldBytes { self[places[role]] }

    /// How many fields the row has.
    var count: Int { bounds.count }
}

/// The columns by role; -1 for one that the file does not have. A dictionary would be asked a dozen times for each row.
struct ColumnPlaces: Sendable {
    private let places: [Int]

    init(_ found: [ColumnLayout.Role: Int]) { places = ColumnLayout.Role.allCases.map { found[$0] ?? -1 } }

    subscript(role: ColumnLayout.Role) -> Int { places[role.rawValue] }

    func has(_ role: ColumnLayout.Role) -> Bool { self[role] >= 0 }
}
