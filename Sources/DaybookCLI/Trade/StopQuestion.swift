import Journal
import Primitives
import Storage

/// Asks before a stop is written that looks like a slip.
struct StopQuestion {
    let journal: JournalFile
    /// Whether the person has said yes beforehand.
    let isAgreed: Bool

    /// - Throws: `trade.unconfirmed_stop` where it is not meant, or nobody can be asked.
    func ask(_ fields: TradeFields, editing id: ID<Trade>? = nil) async throws {
        guard !isAgreed, let doubt = try await journal.read({ try TradeStore($0).stopDoubt(fields, editing: id) })
        else {
            return
        }
        try Confirmation.ask(
            doubt.sentence, "Is it meant?",
            or: Failure(
                .conflict, "trade.unconfirmed_stop",
                "\(doubt.sentence) Nothing was written. --yes says that it is meant."))
    }
}
