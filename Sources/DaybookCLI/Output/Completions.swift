import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

/// What a shell offers for values that only the journal knows.
extension CompletionKind {
    static let trades = offered(Offers.trades)
    static let entries = offered(Offers.entries)
    static let images = offered(Offers.images)
    static let tags = offered(Offers.tags)
    static let accounts = offered(Offers.accounts)
    static let symbols = offered(Offers.symbols)
    static let commits = offered(Offers.commits)
    static let imports = offered(Offers.imports)
    static let mappings = offered(Offers.mappings)
    static let zones = CompletionKind.custom { _, _, prefix in
        (["UTC"] + TimeZone.knownTimeZoneIdentifiers).filter { $0.lowercased().hasPrefix(prefix.lowercased()) }
    }
    static let days = CompletionKind.list([
        "today", "yesterday", "monday", "7d", "this-week", "last-week", "this-month", "last-month", "this-year",
        "last-year",
    ])

    /// A shell that asks in vain is told nothing: words about a missing journal would stand in the command line.
    private static func offered(
        _ find: @escaping @Sendable (JournalFile) async throws -> [String]
    ) -> CompletionKind {
        .custom { words, _, prefix async in
            guard let journal = try? await JournalFile.open(in: directory(words), world: .live) else { return [] }
            let found = (try? await find(journal)) ?? []
            try? await journal.close()
            return found.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }
        }
    }

    /// The journal that the command line so far is about.
    private static func directory(_ words: [String]) -> String {
        var given: String?
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if word == "--journal" { given = next }
            if word.hasPrefix("--journal=") { given = String(word.dropFirst("--journal=".count)) }
        }
        return JournalOptions.directory(given)
    }
}

private enum Offers {
    /// More than anybody looks through.
    static let countMax = 1000

    @Sendable static func trades(_ journal: JournalFile) async throws -> [String] {
        var query = TradeQuery()
        query.limit = countMax
        let asked = query
        return ["last"] + (try await journal.read { try TradeStore($0).list(asked) }).map { Lookup.short($0.id) }
    }

    @Sendable static func entries(_ journal: JournalFile) async throws -> [String] {
        var query = EntryQuery()
        query.limit = countMax
        let asked = query
        return ["last"] + (try await journal.read { try EntryStore($0).list(asked) }).map { Lookup.short($0.id) }
    }

    @Sendable static func images(_ journal: JournalFile) async throws -> [String] {
        ["last"] + (try await journal.read { try ImageStore($0).list(limit: countMax) }).map { Lookup.short($0.id) }
    }

    @Sendable static func tags(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { try TagStore($0).list() }.map(\.tag.name)
    }

    @Sendable static func accounts(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { try AccountStore($0).list() }.map { "\($0.exchange)/\($0.label)" }
    }

    @Sendable static func symbols(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { try TradeStore($0).symbols() }
    }

    @Sendable static func imports(_ journal: JournalFile) async throws -> [String] {
        ["last"]
            + (try await journal.read { try ImportStore($0).list(limit: 100) }).map { Lookup.short($0.fileImport.id) }
    }

    @Sendable static func mappings(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { try MappingStore($0).list() }.map(\.name)
    }

    @Sendable static func commits(_ journal: JournalFile) async throws -> [String] {
        try await journal.read { try HistoryStore($0).newest(100) }.map(\.name)
    }
}
