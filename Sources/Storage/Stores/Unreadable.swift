import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Values that are kept and passed on, and shown as none: of another form than their field's, or beyond its bound.
struct Unreadable {
    struct Place: Hashable {
        let id: EntityID
        let slot: Slot
    }

    private let db: Database

    init(_ db: Database) { self.db = db }

    /// Those that stand in the rows of a kind all the same: an older version showed them, or the file was made elsewhere.
    func inRows(of entity: EntityKind) throws -> [Place] {
        try entity.fields.flatMap { field -> [Place] in
            guard let condition = field.bound.suspicion(of: field.name) else { return [] }
            let rows = try PreparedStatement(
                db, "SELECT id, \(field.name) FROM \(entity.name) WHERE \(field.name) IS NOT NULL AND \(condition)")
            var places: [Place] = []
            while try rows.step() {
                guard !field.admits(rows.value(1)), let id: EntityID = rows.id(0) else { continue }
                places.append(Place(id: id, slot: Slot(entity.kind, field.number)))
            }
            return places
        }
    }

    /// Those that are kept beside their entities, with what they are; values of fields that this version does not know
    /// are no mistake, and not among them.
    ///
    /// - Parameter countMax: after how many to stop.
    func beside(_ schema: Schema, countMax: Int) throws -> [(place: Place, field: String, value: Value)] {
        let rows = try PreparedStatement(
            db, "SELECT entity, slot, value FROM register WHERE value IS NOT NULL ORDER BY entity, slot")
        var found: [(place: Place, field: String, value: Value)] = []
        while found.count < countMax, try rows.step() {
            let slot = Slot(rawValue: rows.integer(1))
            guard let id: EntityID = rows.id(0), let kind = schema.kind(slot.kind), let field = kind.field(slot.field),
                let value = Value(canonicalBytes: rows.bytes(2)), !field.admits(value)
            else { continue }
            found.append((Place(id: id, slot: slot), "\(kind.name) \(id): its \(field.name)", value))
        }
        rows.reset()
        return found
    }
}

extension FieldBound {
    /// Rows in which the column may hold what it may not. Nil where every value of the form is within the bound.
    fileprivate func suspicion(of column: String) -> String? {
        switch self {
        case .form: nil
        case .word: "length(CAST(\(column) AS BLOB)) > \(Self.wordBytesMax)"
        case .day: "true"
        case .time:
            "\(column) NOT BETWEEN \(Timestamp.bounds.lowerBound.milliseconds) AND \(Timestamp.bounds.upperBound.milliseconds)"
        case .flag: "\(column) NOT BETWEEN 0 AND 1"
        case .stars: "\(column) NOT BETWEEN 0 AND \(Self.starsMax)"
        case .size: "\(column) NOT BETWEEN 0 AND \(Self.countMax)"
        case .minutesOfDay:
            "\(column) NOT BETWEEN \(-JournalSettings.startOfDayMinutesMax) AND \(JournalSettings.startOfDayMinutesMax)"
        case .digest: "length(\(column)) <> \(Self.digestBytes)"
        }
    }
}
