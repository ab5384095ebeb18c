import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// What was saved of the columns of files that no layout knows.
package struct MappingStore {
    private let db: Database

    package init(_ db: Database) { self.db = db }

    /// More exchanges than anybody trades on.
    package static let countMax = 1000

    /// In the order of their names.
    package func list() throws -> [Mapping] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT id, name, header, map, options FROM mapping
                    WHERE presence <> 1 AND name IS NOT NULL AND header IS NOT NULL AND map IS NOT NULL
                    ORDER BY name COLLATE NOCASE, id LIMIT :limit
                    """), arguments: ["limit": Self.countMax]
        ).compactMap { Mapping($0) }
    }

    /// - Throws: `mapping.not_found`.
    package func require(_ name: String) throws -> Mapping {
        let id = Mapping.id(named: try Mapping.name(from: name))
        guard let found = try list().first(where: { $0.id == id }) else {
            throw Failure(
                .notFound, "mapping.not_found",
                "There is no mapping “\(name.prefix(60))”. `daybook mapping list` shows those there are.")
        }
        return found
    }

    /// As a reader of files takes them.
    package func saved() throws -> [SavedMapping] { try list().map { SavedMapping($0) } }

    /// Saves how files of a header are read, or saves it anew.
    ///
    /// All of it is written each time, so that of two devices that save at one moment one has its way with the whole.
    ///
    /// - Parameters:
    ///   - header: as `ImportReader.headerText` gives it.
    ///   - choice: with a map.
    /// - Throws: `mapping.bad_name`, `mapping.header_taken`, `mapping.no_map`, `mapping.too_long`, `mapping.too_many`.
    @discardableResult
    package func save(
        _ name: String, header: String, _ choice: ImportChoice, in draft: inout Draft
    ) throws -> Mapping {
        guard let map = choice.options.columns else {
            throw Failure(.invalid, "mapping.no_map", "A mapping needs a map: say which column is which by --map.")
        }
        let name = try Mapping.name(from: name)
        let id = Mapping.id(named: name)
        let options = choice.words.text(exchange: choice.exchange)
        guard [header, map.text, options].allSatisfy({ $0.utf8.count <= FieldBound.wordBytesMax }) else {
            throw Failure(
                .invalid, "mapping.too_long",
                "The header or the map is longer than \(FieldBound.wordBytesMax) bytes: such a file can be imported by --map, "
                    + "and its mapping cannot be saved.")
        }
        let others = try list().filter { $0.id != id }
        if let other = others.first(where: { $0.header == header }) {
            throw Failure(
                .conflict, "mapping.header_taken",
                "The mapping “\(other.name)” is for files of this header already: save it under that name, or delete it "
                    + "first.")
        }
        guard others.count < Self.countMax else {
            throw Failure(
                .conflict, "mapping.too_many", "There are \(Self.countMax) mappings already: delete one first.")
        }
        let mapping = Mapping(id: id, name: name, header: header, map: map.text, options: options)
        draft.put(
            Schema.mapping, id,
            [
                "name": .text(name), "header": .text(header), "map": .text(mapping.map), "options": .text(options),
            ])
        return mapping
    }

    package func delete(_ mapping: Mapping, in draft: inout Draft) { draft.delete(Schema.mapping, mapping.id) }
}

extension Mapping {
    /// Nil for a row that lacks what makes a mapping.
    fileprivate init?(_ row: Row) {
        guard let id = ID<Mapping>(bytes: row["id"] as Data) else { return nil }
        self.init(
            id: id, name: row["name"] ?? "", header: row["header"] ?? "", map: row["map"] ?? "",
            options: row["options"] ?? "")
    }
}

extension SavedMapping {
    fileprivate init(_ mapping: Mapping) {
        var exchange: String?
        let options = Result { () throws(Failure) in
            let (words, said) = try ImportChoice.Words.read(mapping.options)
            let choice = try ImportChoice(exchange: said, words)
            exchange = choice.exchange
            return choice.options
        }
        self.init(name: mapping.name, header: mapping.header, map: mapping.map, options: options, exchange: exchange)
    }
}
