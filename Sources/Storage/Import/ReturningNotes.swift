import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Hangs what was said of trades whose import was undone on the same trades when they come again under other names: in
/// another zone, or in another account. Fills that come again under their old names bring it along by themselves.
struct ReturningNotes {
    private let db: Database

    init(_ db: Database) { self.db = db }

    private static let countMax = 10_000

    private struct Stray {
        let annotation: EntityID
        let symbol: String
        let content: String
        let time: Int64
    }

    private struct Place {
        let fill: ID<Fill>
        let time: Int64
    }

    /// The same fill has the same content, at the same time or shifted by a zone. Where several could be meant, it is the one
    /// to which most others are shifted alike.
    func rehang(on fileImport: FileImport, in draft: inout Draft) throws {
        let strays = try self.strays()
        guard !strays.isEmpty else { return }
        var places: [String: [Place]] = [:]
        for symbol in Set(strays.map(\.symbol)) {
            try collect(fileImport, symbol, &places)
        }
        var votes: [Int64: Int] = [:]
        let choices = strays.map { stray in
            (places[stray.content] ?? []).filter { Self.isZoneShift($0.time - stray.time) }
        }
        for (stray, found) in zip(strays, choices) where found.count == 1 {
            votes[found[0].time - stray.time, default: 0] += 1
        }
        for (stray, found) in zip(strays, choices) {
            let best = found.min { left, right in
                let (near, far) = (left.time - stray.time, right.time - stray.time)
                return (-votes[near, default: 0], near.magnitude, left.time, left.fill)
                    < (-votes[far, default: 0], far.magnitude, right.time, right.fill)
            }
            if let best { draft.put(Schema.trade, stray.annotation, ["anchor": .id(best.fill)]) }
        }
    }

    private static func isZoneShift(_ shift: Int64) -> Bool {
        shift.magnitude <= DoubleMatch.shiftMax && shift % DoubleMatch.quarter == 0
    }

    private static let content = """
        fill.symbol || ' ' || fill.side || ' ' || fill.price || ' ' || fill.quantity || ' ' || coalesce(fill.fee, '')
            || ' ' || coalesce(fill.external_id, '')
        """

    /// Those whose fill was deleted.
    private func strays() throws -> [Stray] {
        try StrayAnnotations(db).ids(countMax: Self.countMax).compactMap { id in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT fill.symbol, \(Self.content), fill.time_ms
                        FROM trade JOIN fill ON fill.id = trade.anchor
                        WHERE trade.id = ? AND fill.presence = 1 AND fill.time_ms IS NOT NULL
                        """), arguments: [id.data])
            guard let row, let symbol = row[0] as String?, let content = row[1] as String? else { return nil }
            return Stray(annotation: id, symbol: symbol, content: content, time: row[2])
        }
    }

    private func collect(_ fileImport: FileImport, _ symbol: String, _ places: inout [String: [Place]]) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, \(Self.content), time_ms FROM fill
                    WHERE import = ? AND account = ? AND symbol = ? AND presence <> 1 ORDER BY time_ms, sequence, id
                    """), arguments: [fileImport.id.data, fileImport.account.data, symbol])
        while let row = try rows.next() {
            guard let id = ID<Fill>(bytes: row[0] as Data), let content = row[1] as String? else { continue }
            places[content, default: []].append(Place(fill: id, time: row[2]))
        }
    }
}
