import Primitives
import Storage

/// How large an answer in JSON becomes, however much a person has written: a device may sync what no page could show.
enum AnswerLimits {
    /// Rows read and words looked at for one answer.
    static let stepsMax = 100_000_000
    /// The rows that one answer is made of, in bytes. An answer that is made of more is refused.
    static let bytesMax = 8 << 20
    /// The bodies of all entries of one answer that are shown whole, in bytes; of the others there is the beginning.
    static let textBytesMax = 1 << 20
    /// How much that is, in bytes.
    static let cutBytesMax = 1 << 10
    /// Fills of a trade beside it. All are in the export.
    static let fillsMax = 5000
    /// Images of a trade or an entry beside it. All are in the list of its images.
    static let imagesMax = 200
    /// Entries about a trade beside it. All are in the list of its entries.
    static let entriesMax = 100
    /// Rows of a breakdown; all that come after are one more.
    static let breakdownRowsMax = 5000
    /// Symbols, and setups, that a filter is offered, the most frequent first.
    static let optionsMax = 5000

    static var texts: TextShare { TextShare(bytesMax: textBytesMax, cutBytes: cutBytesMax) }
    static var tradeDetail: TradeDetail.Limits {
        TradeDetail.Limits(fillsMax: fillsMax, imagesMax: imagesMax, entriesMax: entriesMax, texts: texts)
    }

    /// Reads what an answer is made of.
    ///
    /// - Throws: `request.too_much`, `CancellationError`; what `body` throws.
    static func reading<T>(_ body: () throws -> T) rethrows -> T {
        try WorkBudget.limited(stepsMax: stepsMax, bytesMax: bytesMax, body)
    }
}
