import Foundation
import Journal
import Primitives

/// What a job that imports a file is to do, in the form in which the job's row has it.
package struct ImportRequest: Codable, Sendable {
    /// What its sender calls the file.
    package let file: String
    package let isDryRun: Bool
    private let format: String
    private let exchange: String?
    private let environment: String
    private let account: String?
    private let allowsDuplicates: Bool?
    private let words: ImportChoice.Words

    package init(file: String, _ choice: ImportChoice, isDryRun: Bool) {
        self.file = file
        self.isDryRun = isDryRun
        format = choice.format.rawValue
        exchange = choice.exchange
        environment = choice.environment.rawValue
        account = choice.account
        allowsDuplicates = choice.allowsDuplicates
        words = choice.words
    }

    /// - Throws: what only another version admits.
    package var choice: ImportChoice {
        get throws(Failure) {
            try ImportChoice(
                format: ImportFormat(rawValue: format) ?? .auto, exchange: exchange,
                environment: Account.Environment(rawValue: environment) ?? .live, account: account,
                allowsDuplicates: allowsDuplicates ?? false, words)
        }
    }

    package func encoded() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// Nil for what only another version can read.
    package init?(_ text: String) {
        guard let known = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = known
    }
}
