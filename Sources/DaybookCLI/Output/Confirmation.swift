import Foundation
import Primitives

/// Asks a person before something is done that may be a slip.
enum Confirmation {
    /// Returns when the person agrees.
    ///
    /// - Parameters:
    ///   - fact: what is odd, in whole sentences.
    ///   - question: what the person agrees to: “Is it meant?”
    ///   - refusal: what is thrown where nobody can be asked, or when the answer is no.
    static func ask(_ fact: String, _ question: String, or refusal: Failure) throws(Failure) {
        guard Terminal.canAsk else { throw refusal }
        Terminal.note(fact.forTerminal)
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else { throw refusal }
    }
}
