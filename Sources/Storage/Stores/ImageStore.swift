import Foundation
import GRDB
import Journal
import Primitives
import Sync

/// Images: what the journal says of them. Their bytes are `BlobStore`'s.
package struct ImageStore {
    let db: Database

    package init(_ db: Database) { self.db = db }

    package static let countMax = 100_000
    package static let nameBytesMax = 255
    package static let captionBytesMax = 2000
    /// How many trades and entries one image is said to hang on.
    package static let ownersMax = 1000

    /// What an image hangs on.
    package enum Owner: Hashable, Sendable {
        case trade(ID<Trade>)
        case entry(ID<Entry>)
    }

    private static let columns =
        "image.id, image.sha256, image.name, image.media_type, image.size, image.caption, "
        + "image.created_ms"

    package func find(_ id: ID<Image>) throws -> Image? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(Self.columns) FROM image WHERE id = :id AND presence <> 1"),
            arguments: ["id": id.data]
        ).flatMap { Image($0) }
    }

    /// - Throws: `image.not_found`.
    package func require(_ id: ID<Image>) throws -> Image {
        guard let image = try find(id) else {
            throw Failure(
                .notFound, "image.not_found", "There is no image \(id). `daybook image list` shows what there is.")
        }
        return image
    }

    /// The newest first.
    package func list(offset: Int = 0, limit: Int = ImageStore.countMax) throws -> [Image] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM image WHERE presence <> 1 AND sha256 NOT NULL
                    ORDER BY created_ms DESC, id DESC LIMIT :limit OFFSET :offset
                    """), arguments: ["limit": limit, "offset": offset]
        ).compactMap { Image($0) }
    }

    /// How many there are.
    package func count() throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM image WHERE presence <> 1")) ?? 0
    }

    /// Those of all annotations of a trade, the oldest first.
    package func images(ofTrade trade: ID<Trade>, limit: Int = ImageStore.countMax) throws -> [Image] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT \(Self.columns)
                    FROM (SELECT :trip AS id UNION SELECT trade AS id FROM anchor WHERE round_trip = :trip) AS part
                        JOIN trade ON trade.id = part.id AND trade.presence <> 1
                        JOIN member ON member.kind = :set AND member.owner = part.id
                        JOIN image ON image.id = member.member AND image.presence <> 1
                    ORDER BY image.created_ms, image.id LIMIT :limit
                    """),
            arguments: ["trip": trade.data, "set": Schema.tradeImages.rawValue, "limit": limit]
        ).compactMap { Image($0) }
    }

    /// How many of them there are.
    func count(ofTrade trade: ID<Trade>) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(DISTINCT image.id)
                    FROM (SELECT :trip AS id UNION SELECT trade AS id FROM anchor WHERE round_trip = :trip) AS part
                        JOIN trade ON trade.id = part.id AND trade.presence <> 1
                        JOIN member ON member.kind = :set AND member.owner = part.id
                        JOIN image ON image.id = member.member AND image.presence <> 1
                    """), arguments: ["trip": trade.data, "set": Schema.tradeImages.rawValue]) ?? 0
    }

    /// How many images hang on an entry.
    package func count(ofEntry entry: ID<Entry>) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(DISTINCT image.id)
                    FROM member JOIN image ON image.id = member.member AND image.presence <> 1
                    WHERE member.kind = :set AND member.owner = :entry
                    """), arguments: ["entry": entry.data, "set": Schema.entryImages.rawValue]) ?? 0
    }

    /// The oldest first.
    package func images(ofEntry entry: ID<Entry>, limit: Int = ImageStore.countMax) throws -> [Image] {
        try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT \(Self.columns)
                    FROM member JOIN image ON image.id = member.member AND image.presence <> 1
                    WHERE member.kind = :set AND member.owner = :entry
                    ORDER BY image.created_ms, image.id LIMIT :limit
                    """),
            arguments: ["entry": entry.data, "set": Schema.entryImages.rawValue, "limit": limit]
        ).compactMap { Image($0) }
    }

    /// The trades and entries that an image hangs on.
    package func owners(of image: ID<Image>) throws -> [Owner] {
        let rows = try Row.fetchPaid(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT :trades AS kind, trip.id AS owner
                    FROM member
                        JOIN trade ON trade.id = member.owner AND trade.presence <> 1
                        LEFT JOIN anchor ON anchor.trade = member.owner
                        JOIN round_trip AS trip ON trip.id = coalesce(anchor.round_trip, member.owner)
                    WHERE member.kind = :trades AND member.member = :image
                    UNION ALL
                    SELECT DISTINCT :entries AS kind, entry.id AS owner
                    FROM member JOIN entry ON entry.id = member.owner AND entry.presence <> 1
                    WHERE member.kind = :entries AND member.member = :image
                    ORDER BY kind, owner LIMIT :limit
                    """),
            arguments: [
                "trades": Schema.tradeImages.rawValue, "entries": Schema.entryImages.rawValue, "image": image.data,
                "limit": Self.ownersMax,
            ])
        return rows.compactMap { row in
            let isTrade = row["kind"] == Schema.tradeImages.rawValue
            guard let id = EntityID(bytes: row["owner"] as Data) else { return nil }
            return isTrade ? .trade(id.cast()) : .entry(id.cast())
        }
    }

    // MARK: Writing

    /// Records an image whose bytes are in the blob store already.
    ///
    /// - Throws: `trade.not_found`, `entry.not_found`, `image.bad_caption`.
    package func add(_ image: Image, to owner: Owner?, in draft: inout Draft) throws {
        try Self.check(caption: image.caption)
        var values = content(image)
        if !image.caption.isEmpty { values["caption"] = .text(image.caption) }
        if let created = image.createdAt { values["created_ms"] = .integer(created.milliseconds) }
        switch owner {
        case .trade(let trade):
            try TradeStore(db).prepareForMembers(trade, in: &draft)
            draft.put(Schema.image, image.id, values)
            draft.add(Schema.tradeImages, to: trade, image.id)
        case .entry(let entry):
            _ = try EntryStore(db).require(entry)
            draft.put(Schema.image, image.id, values)
            draft.add(Schema.entryImages, to: entry, image.id)
        case nil: draft.put(Schema.image, image.id, values)
        }
        try recordBlob(image)
    }

    /// Puts another picture in the place of one, wherever it hangs.
    ///
    /// - Throws: `image.not_found`.
    package func replace(_ id: ID<Image>, by image: Image, in draft: inout Draft) throws {
        let former = try require(id)
        guard former.sha256 != image.sha256 || former.name != image.name else { return }
        draft.put(Schema.image, id, content(image))
        try recordBlob(image)
    }

    /// - Throws: `image.not_found`.
    package func delete(_ id: ID<Image>, in draft: inout Draft) throws -> Image {
        let image = try require(id)
        draft.delete(Schema.image, id)
        return image
    }

    private func content(_ image: Image) -> [String: Value] {
        [
            "sha256": .bytes(image.sha256), "name": .text(Self.name(image.name)), "media_type": .text(image.mediaType),
            "size": image.size.map { .integer($0) } ?? .null,
        ]
    }

    /// A file's name may be any bytes; what is kept is one line.
    private static func name(_ name: String) -> String {
        var clean = String(
            String.UnicodeScalarView(name.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        while clean.utf8.count > nameBytesMax { clean.removeLast() }
        return clean.isEmpty ? "image" : clean
    }

    private static func check(caption: String) throws(Failure) {
        guard caption.utf8.count <= captionBytesMax else {
            throw Failure(
                .tooLarge, "image.bad_caption", "A caption may have \(captionBytesMax) bytes. Write an entry for more.")
        }
    }

    /// The bytes are here, and the server does not have them yet. Part of this copy, not of the journal.
    private func recordBlob(_ image: Image) throws {
        try db.execute(
            sql: "INSERT INTO blob (sha256, size) VALUES (:sha256, :size) ON CONFLICT DO NOTHING",
            arguments: ["sha256": Data(image.sha256), "size": image.size ?? 0])
    }
}

extension Image {
    /// Nil for a row without content.
    init?(_ row: Row) {
        guard let id = ID<Image>(bytes: row["id"] as Data), let sha256 = row["sha256"] as Data? else { return nil }
        self.init(
            id: id, sha256: Array(sha256), name: row["name"] ?? "", mediaType: row["media_type"] ?? "",
            size: row["size"], caption: row["caption"] ?? "",
            createdAt: (row["created_ms"] as Int64?).map { Timestamp(milliseconds: $0) })
    }
}
