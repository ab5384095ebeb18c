import ArgumentParser
import Primitives
import Storage

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that the journal is whole.",
        discussion: """
            Reads the file, follows the hash chain of every device, adds up the content, derives the trades once more from \
            their fills, compares the search index with the texts and every image with its name. Nothing is changed. \
            The exit code is \(DaybookExit.damaged.rawValue) when something is damaged.
            """)

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let bar = SharedBar("verify")
        defer { bar.clear() }
        let result = try await journal.verify(try options.blobs()) { bar.show("the \($0)", $1, $2) }
        bar.clear()
        if options.json {
            JSON.object([
                "is_sound": .flag(result.isSound), "commits": .count(result.commitCount),
                "trades": .count(result.tripCount), "images": .count(result.blobCount),
                "findings": .list(
                    result.findings.map { finding in
                        .object([
                            "part": .text(finding.part.rawValue), "text": .text(finding.text),
                            "is_damage": .flag(finding.isDamage),
                        ])
                    }),
            ]).printed()
        } else {
            for finding in result.findings {
                let label = finding.isDamage ? Terminal.output.styled("damaged", .red) : "note"
                print("\(label)  \(finding.part.rawValue): \(finding.text.onOneLine)")
            }
            noteFull(result)
            print(
                result.isSound
                    ? "The journal is sound: \(Figures.count(result.commitCount, "change")), "
                        + "\(Figures.count(result.tripCount, "trade")), \(Figures.count(result.blobCount, "image"))."
                    : "The journal is damaged. Keep a copy of its directory; a sync, or `daybook restore`, may mend it."
            )
        }
        if !result.isSound { throw DaybookExit.damaged.code }
    }

    private func noteFull(_ result: Verification) {
        let most = Verification.findingsPerPartMax
        let parts = Dictionary(grouping: result.findings, by: \.part).filter { $0.value.count >= most }.keys
        for part in parts.sorted(by: { $0.rawValue < $1.rawValue }) {
            Terminal.note("There may be more of \(part.rawValue): the first \(most) are shown.")
        }
    }
}
