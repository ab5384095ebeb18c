import GRDB
import Primitives

extension Row {
    /// All rows, each paid for from the budget of the request when it is read: what a device has written is as long as it
    /// likes.
    ///
    /// - Throws: `request.too_much`, `CancellationError`.
    static func fetchPaid(_ statement: Statement, arguments: StatementArguments? = nil) throws -> [Row] {
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var paid: [Row] = []
        while let row = try rows.next() {
            let row = row.copy()
            try WorkBudget.spend(bytes: row.byteCount)
            paid.append(row)
        }
        return paid
    }

    /// What a row takes besides its values, about.
    private static let ownByteCount = 64

    /// About what it takes in memory.
    var byteCount: Int {
        databaseValues.reduce(Self.ownByteCount) { count, value in
            switch value.storage {
            case .string(let text): count + text.utf8.count
            case .blob(let data): count + data.count
            default: count + 8
            }
        }
    }
}

/// What the long texts of one answer may take together: the first ones are shown whole, of the others the beginning.
package struct TextShare: Sendable {
    private var bytesLeft: Int
    private let cutBytes: Int

    /// - Parameters:
    ///   - bytesMax: of all texts that are shown whole.
    ///   - cutBytes: of each of the others.
    package init(bytesMax: Int, cutBytes: Int) {
        bytesLeft = bytesMax
        self.cutBytes = cutBytes
    }

    /// How much is shown of a text of this length, in bytes.
    mutating func take(_ byteCount: Int) -> Int {
        guard byteCount > bytesLeft else {
            bytesLeft -= byteCount
            return byteCount
        }
        return min(byteCount, cutBytes)
    }
}
