import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Tags. Among those that live, no two names are equal but for their case; after a merge of two devices that both
/// renamed, they may be, until a person renames one of them.
package struct TagStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// More than anybody can tell apart.
    package static let countMax = 10_000
    package static let colorBytesMax = 40

    /// In the order of their names, with the number of trades that have each.
    package func list() throws -> [(tag: Tag, tradeCount: Int)] {
        let rows = try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT tag.id, tag.name, tag.color,
                        (SELECT count(DISTINCT trip.id)
                         FROM member
                            JOIN trade ON trade.id = member.owner AND trade.presence <> 1
                            LEFT JOIN anchor ON anchor.trade = member.owner
                            JOIN round_trip AS trip ON trip.id = coalesce(anchor.round_trip, member.owner)
                         WHERE member.kind = :set AND member.member = tag.id) AS trade_count
                    FROM tag WHERE tag.presence <> 1 AND tag.name IS NOT NULL
                    ORDER BY tag.name COLLATE NOCASE, tag.id LIMIT :limit
                    """), arguments: ["set": Schema.tradeTags.rawValue, "limit": Self.countMax])
        return rows.compactMap { row in Tag(row).map { ($0, row["trade_count"]) } }
    }

    /// How many trades have a tag.
    package func tradeCount(of id: ID<Tag>) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(DISTINCT trip.id)
                    FROM member
                        JOIN trade ON trade.id = member.owner AND trade.presence <> 1
                        LEFT JOIN anchor ON anchor.trade = member.owner
                        JOIN round_trip AS trip ON trip.id = coalesce(anchor.round_trip, member.owner)
                    WHERE member.kind = :set AND member.member = :tag
                    """), arguments: ["set": Schema.tradeTags.rawValue, "tag": id.data]) ?? 0
    }

    /// The tag of that name, in whatever case; of several the one with the lowest id.
    package func find(_ name: String) throws -> Tag? {
        let key = Tag.key(name)
        return try alive().first { Tag.key($0.name) == key }
    }

    /// Every tag that has one of these names, in whatever case.
    package func named(_ names: [String]) throws -> [Tag] {
        let keys = Set(names.map(Tag.key))
        return keys.isEmpty ? [] : try alive().filter { keys.contains(Tag.key($0.name)) }
    }

    package func find(_ id: ID<Tag>) throws -> Tag? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT id, name, color FROM tag WHERE id = :id AND presence <> 1 AND name IS NOT NULL"),
            arguments: ["id": id.data]
        ).flatMap { Tag($0) }
    }

    /// - Throws: `tag.not_found`.
    package func require(_ id: ID<Tag>) throws -> Tag {
        guard let tag = try find(id) else {
            throw Failure(.notFound, "tag.not_found", "There is no tag \(id). A list of tags shows what there is.")
        }
        return tag
    }

    /// - Throws: `tag.not_found`.
    package func require(_ name: String) throws -> Tag {
        guard let tag = try find(name) else {
            throw Failure(
                .notFound, "tag.not_found", "There is no tag “\(name)”. A list of tags shows what there is.")
        }
        return tag
    }

    func alive() throws -> [Tag] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT id, name, color FROM tag WHERE presence <> 1 AND name IS NOT NULL ORDER BY id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { Tag($0) }
    }

    // MARK: Writing

    /// Makes a tag, or brings a deleted one back, with the trades that had it.
    ///
    /// - Throws: `tag.exists`, `tag.bad_name`, `tag.bad_color`.
    package func add(_ name: String, color: String? = nil, world: World, in draft: inout Draft) throws -> Tag {
        let name = try Tag.name(from: name)
        if let tag = try find(name) {
            throw Failure(.conflict, "tag.exists", "There is a tag “\(tag.name)” already.")
        }
        if let color { try Self.check(color: color) }
        return try make(name, color: color, world: world, in: &draft)
    }

    private static func check(color: String) throws(Failure) {
        guard !color.isEmpty, color.utf8.count <= colorBytesMax,
            !color.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw Failure(.invalid, "tag.bad_color", "A tag's colour is a short word or a code such as #3b82f6.") }
    }

    /// The tags of these names; those that are missing are made.
    ///
    /// - Throws: `tag.bad_name`.
    package func resolve(_ names: [String], world: World, in draft: inout Draft) throws -> [Tag] {
        let alive = try alive()
        var resolved: [Tag] = []
        for name in names {
            let name = try Tag.name(from: name)
            let key = Tag.key(name)
            guard !resolved.contains(where: { Tag.key($0.name) == key }) else { continue }
            let known = alive.first { Tag.key($0.name) == key }
            resolved.append(try known ?? make(name, color: nil, world: world, in: &draft))
        }
        return resolved
    }

    private func make(_ name: String, color: String?, world: World, in draft: inout Draft) throws -> Tag {
        let derived = Tag.id(named: name)
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT name, color FROM tag WHERE id = :id"), arguments: ["id": derived.data])
        let former = row?["name"] as String?
        // The tag of that id may have another name by now; this one is another tag then.
        let isFree = row == nil || former.map { Tag.key($0) == Tag.key(name) } ?? true
        let id = isFree ? derived : ID.new(in: world)
        var values: [String: Value] = ["name": .text(name)]
        if let color { values["color"] = .text(color) }
        if isFree, color == nil, let old = row?["color"] as String?, !old.isEmpty { values["color"] = .null }
        draft.put(Schema.tag, id, values)
        return Tag(id: id, name: name, color: color)
    }

    /// - Throws: `tag.not_found`, `tag.exists`, `tag.bad_name`.
    package func rename(_ name: String, to new: String, in draft: inout Draft) throws -> Tag {
        let tag = try require(name)
        let new = try free(new, for: tag.id)
        draft.put(Schema.tag, tag.id, ["name": .text(new)])
        return Tag(id: tag.id, name: new, color: tag.color)
    }

    /// Changes what is to be something else.
    ///
    /// - Throws: `tag.not_found`, `tag.exists`, `tag.bad_name`, `tag.bad_color`.
    package func edit(_ id: ID<Tag>, name: String?, color: Change<String>, in draft: inout Draft) throws {
        let tag = try require(id)
        var values: [String: Value] = [:]
        if let name = try name.map({ try free($0, for: id) }), name != tag.name { values["name"] = .text(name) }
        switch color {
        case .keep: break
        case .clear: if tag.color != nil { values["color"] = .null }
        case .set(let color):
            try Self.check(color: color)
            if color != tag.color { values["color"] = .text(color) }
        }
        draft.put(Schema.tag, id, values)
    }

    /// A name that no other tag has.
    private func free(_ name: String, for id: ID<Tag>) throws -> String {
        let name = try Tag.name(from: name)
        if let other = try find(name), other.id != id {
            throw Failure(
                .conflict, "tag.exists",
                "There is a tag “\(other.name)” already. Delete one of the two, or choose another name.")
        }
        return name
    }

    /// - Throws: `tag.not_found`.
    package func delete(_ name: String, in draft: inout Draft) throws -> Tag {
        let tag = try require(name)
        draft.delete(Schema.tag, tag.id)
        return tag
    }

    /// - Throws: `tag.not_found`.
    package func delete(_ id: ID<Tag>, in draft: inout Draft) throws {
        _ = try require(id)
        draft.delete(Schema.tag, id)
    }
}

extension Tag {
    /// Nil for a row without a name.
    init?(_ row: Row) {
        guard let id = ID<Tag>(bytes: row["id"] as Data), let name = row["name"] as String? else { return nil }
        self.init(id: id, name: name, color: row["color"])
    }
}
