import Primitives
import Web

/// Values by the name of their option, which is also that of their environment variable: `--log-level` and
/// `DAYBOOK_LOG_LEVEL`.
struct Settings {
    let environment: [String: String]

    private func variable(_ option: String) -> String? {
        environment["DAYBOOK_" + option.uppercased().replacing("-", with: "_")].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Parameter fallback: nil for what must be given.
    func text(_ option: String, _ given: String?, or fallback: String?) throws(Failure) -> String {
        guard let text = given ?? variable(option) ?? fallback, !text.isEmpty else {
            throw .configMissing(option, "there is no default")
        }
        return text
    }

    func optional(_ option: String, _ given: String?) -> String? { given ?? variable(option) }

    func number(
        _ option: String, _ given: Int?, or fallback: Int, in range: ClosedRange<Int>
    ) throws(Failure) -> Int {
        var number = given
        if number == nil, let text = variable(option) {
            number = Int(text)
            guard number != nil else { throw .configBadValue(option, "\"\(text)\" is no whole number") }
        }
        let value = number ?? fallback
        guard range.contains(value) else {
            throw .configBadValue(option, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    func address(_ option: String, _ given: String?, or fallback: ListenAddress) throws(Failure) -> ListenAddress {
        guard let text = given ?? variable(option) else { return fallback }
        guard let address = ListenAddress(text) else {
            throw .configBadValue(option, "\"\(text)\" is no host:port, such as 127.0.0.1:8080")
        }
        return address
    }

    /// A variable's values stand with commas between them.
    func list(_ option: String, _ given: [String]) -> [String] {
        guard given.isEmpty else { return given }
        return variable(option)?.split(separator: ",").map { String($0) } ?? []
    }

    func numbers(_ option: String, _ given: [UInt64]) throws(Failure) -> [UInt64] {
        guard given.isEmpty else { return given }
        return try list(option, []).map { text throws(Failure) in
            guard let number = UInt64(text) else { throw .configBadValue(option, "\"\(text)\" is no whole number") }
            return number
        }
    }
}

extension Failure {
    static func configMissing(_ option: String, _ reason: String) -> Failure {
        Failure(.invalid, "config.missing", "Give --\(option): \(reason).")
    }
    static func configBadValue(_ option: String, _ reason: String) -> Failure {
        Failure(.invalid, "config.bad_value", "--\(option) cannot be used: \(reason).")
    }
}
