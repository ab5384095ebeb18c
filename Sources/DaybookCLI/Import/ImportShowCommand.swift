import ArgumentParser
import Journal
import Primitives
import Storage

struct ImportShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what an import brought, and how its file was read.")

    @OptionGroup var choice: ImportIDArgument
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let (summary, symbols, doubles) = try await journal.read { db in
            let store = ImportStore(db)
            guard let known = try store.find(id) else { throw Failure.importUnknown }
            return (try store.summary(of: known), try store.symbols(of: id), try DoubleStore(db).groups(of: id))
        }
        if options.json {
            var fields = ImportJSON.summary(summary)
            fields["symbols"] = .object(
                Dictionary(symbols.map { ($0.symbol, JSON.count($0.count)) }, uniquingKeysWith: { first, _ in first }))
            fields["doubles_in"] = .list(doubles.map { ImportJSON.group($0) })
            JSON.object(fields).printed()
            return
        }
        let clock = LocalClock(try Given.calendar(nil, try await journal.read { try SettingsStore($0).current() }))
        let known = summary.fileImport
        print("\(Terminal.output.styled(known.file.onOneLine, .bold)) (\(known.layout))".onOneLine)
        print("  imported  \(clock.second(known.createdAt))")
        if let account = summary.account { print("  account   \(account.exchange)/\(account.label)".onOneLine) }
        if let first = summary.first, let last = summary.last {
            print("  fills     \(summary.fillCount), \(clock.minute(first)) to \(clock.minute(last))")
        }
        for (symbol, count) in symbols.prefix(20) { print("            \(symbol) \(count)".onOneLine) }
        if symbols.count > 20 { print("            … and \(symbols.count - 20) more markets") }
        for line in known.readingLines { print("  reading   \(line)".onOneLine) }
        if let sha256 = known.sha256 { print("  sha256    \(Hex.encode(sha256))") }
        for group in doubles { print("  \(group.sentence)".onOneLine) }
    }
}

extension DoubleStore.Group {
    /// For people.
    var sentence: String {
        func name(_ file: String) -> String { file.isEmpty ? "an earlier version's import" : file }
        return "\(Figures.count(count, "likely double")) in \(symbol): \(name(file)) looks like \(name(originalFile))"
    }
}
