import CPQ
import Foundation
import Primitives

/// A connection to PostgreSQL, which is made when it is needed, and made anew when it was lost.
///
/// Whoever has taken it from the pool uses it alone, on a thread that may wait.
final class PostgresConnection: @unchecked Sendable {
    /// How long an answer may take.
    static let answerTime = Duration.seconds(10)
    /// What a transaction waits for another's lock, and how long a server that was frozen keeps its own, in milliseconds.
    private static let settings = """
        SET client_min_messages = warning; SET lock_timeout = 5000; SET idle_in_transaction_session_timeout = 30000;
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
        """

    private struct Prepared {
        let name: String
        let placeholders: [String]
    }

    private let address: PostgresAddress
    private var handle: OpaquePointer?
    /// By their text, those with a known moment apart.
    private var prepared: [Bool: [String: Prepared]] = [:]
    private var preparedCount = 0

    init(_ address: PostgresAddress) { self.address = address }

    deinit { PQfinish(handle) }

    func close() {
        PQfinish(handle)
        handle = nil
        prepared = [:]
    }

    /// Connects unless it is.
    func connect() throws(PostgresTrouble) {
        guard handle == nil else { return }
        let parameters = address.parameters.sorted { $0.key < $1.key }
        handle = Self.withTexts(parameters.map(\.key)) { keys in
            Self.withTexts(parameters.map(\.value)) { PQconnectdbParams(keys, $0, 0) }
        }
        guard let handle, PQstatus(handle) == CONNECTION_OK else {
            let reason = String(cString: PQerrorMessage(handle))
            close()
            throw .lost(reason: reason)
        }
        try query(Self.settings)
    }

    /// Runs one or more statements without values.
    ///
    /// - Returns: the answer to the last of them, in text.
    @discardableResult
    func query(_ sql: String) throws(PostgresTrouble) -> PostgresResult { try answer(to: PQsendQuery(handle, sql)) }

    /// Runs a statement that is prepared on its first use.
    ///
    /// - Parameter moment: what `:now` stands for; nil for the clock of the database.
    func run(_ sql: String, _ values: ControlValues, moment: Timestamp?) throws -> PostgresResult {
        let statement = try prepare(sql, isMomentKnown: moment != nil)
        var parameters = PostgresParameters()
        for name in statement.placeholders {
            let value = name == "now" ? moment?.controlValue : values[name]?.controlValue
            guard let value else { throw PostgresTrouble.refused(state: "42P02", message: "no value for :\(name)") }
            parameters.add(value)
        }
        return try answer(to: parameters.send(handle, statement.name))
    }

    private func prepare(_ sql: String, isMomentKnown: Bool) throws(PostgresTrouble) -> Prepared {
        if let known = prepared[isMomentKnown]?[sql] { return known }
        let statement = PostgresStatement(sql, isMomentKnown: isMomentKnown)
        preparedCount += 1
        let new = Prepared(name: "s\(preparedCount)", placeholders: statement.names)
        _ = try answer(to: PQsendPrepare(handle, new.name, statement.text, 0, nil))
        prepared[isMomentKnown, default: [:]][sql] = new
        return new
    }

    /// - Parameter sent: what libpq's sending has returned.
    private func answer(to sent: Int32) throws(PostgresTrouble) -> PostgresResult {
        guard sent == 1 else { throw lose() }
        let deadline = ContinuousClock.now + Self.answerTime
        var last: PostgresResult?
        while true {
            while PQisBusy(handle) == 1 { try wait(until: deadline) }
            guard let next = PQgetResult(handle) else { break }
            // Of several statements the first that fails ends them all.
            last = PostgresResult(next)
        }
        guard let last else { throw lose() }
        do {
            try last.check()
        } catch {
            if PQstatus(handle) != CONNECTION_OK { throw lose() }
            throw error
        }
        return last
    }

    private func wait(until deadline: ContinuousClock.Instant) throws(PostgresTrouble) {
        var event = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        let milliseconds = (deadline - .now) / .milliseconds(1)
        let count = milliseconds > 0 ? poll(&event, 1, Int32(milliseconds) + 1) : 0
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            // What it was about to do is undone with its connection.
            close()
            throw .late
        }
        guard PQconsumeInput(handle) == 1 else { throw lose() }
    }

    private func lose() -> PostgresTrouble {
        let reason = handle.map { String(cString: PQerrorMessage($0)) } ?? "there is no connection"
        close()
        return .lost(reason: reason)
    }

    private static func withTexts<T>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> T
    ) -> T {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { pointers in
            // It has an element at least.
            withExtendedLifetime(copies) { body(pointers.baseAddress.unsafelyUnwrapped) }
        }
    }
}

/// Values on their way: numbers as text, texts and bytes as they are.
private struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// Where each begins; nil for none.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    mutating func add(_ value: ControlValue) {
        switch value {
        case .null: append(nil as [UInt8]?, isBinary: false)
        case .integer(let number): append(String(number).utf8, isBinary: false)
        case .text(let text): append(text.utf8, isBinary: true)
        case .bytes(let data): append(data, isBinary: true)
        }
    }

    private mutating func append(_ value: (some Collection<UInt8>)?, isBinary: Bool) {
        starts.append(value.map { _ in bytes.count })
        lengths.append(Int32(value?.count ?? 0))
        formats.append(isBinary ? 1 : 0)
        if let value { bytes.append(contentsOf: value) }
        bytes.append(0)
    }

    func send(_ handle: OpaquePointer?, _ name: String) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = starts.map { start in start.flatMap { offset in base.map { $0 + offset } } }
            return PQsendQueryPrepared(handle, name, Int32(pointers.count), pointers, lengths, formats, 1)
        }
    }
}
