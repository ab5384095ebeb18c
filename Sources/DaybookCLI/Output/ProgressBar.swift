import Foundation
import Primitives
import Synchronization

/// How far a long piece of work is, on standard error and only where a person watches.
struct ProgressBar {
    private let title: String
    private let terminal: Terminal
    private let world: World
    private var shownAt: Timestamp?
    private var isShown = false

    /// Redrawing more often than this costs more than it tells.
    private static let intervalMilliseconds: Int64 = 100

    init(_ title: String, terminal: Terminal = .error, world: World = .live) {
        self.title = title.onOneLine
        self.terminal = terminal
        self.world = world
    }

    /// - Parameters:
    ///   - total: zero when it is not known.
    ///   - detail: a few words behind the bar.
    mutating func show(_ done: Int64, of total: Int64, _ detail: String = "") {
        guard terminal.isTerminal else { return }
        let now = world.now()
        if let shownAt, now < shownAt.adding(milliseconds: Self.intervalMilliseconds) { return }
        shownAt = now
        isShown = true
        var line = title + "  "
        if total > 0 {
            let share = Double(min(max(done, 0), total)) / Double(total)
            let filled = Int(share * 24)
            line += String(repeating: "━", count: filled) + String(repeating: "─", count: 24 - filled)
            line += " \(Int(share * 100)) %"
        }
        if !detail.isEmpty { line += "  " + detail }
        write("\r\u{1b}[K" + line.cut(to: max((terminal.width ?? 80) - 1, 10)))
    }

    /// Takes the bar away, so that the answer stands alone.
    mutating func clear() {
        guard isShown else { return }
        isShown = false
        write("\r\u{1b}[K")
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// One progress bar for all that a command does, wherever it is done.
final class SharedBar: Sendable {
    private let bar: Mutex<ProgressBar>

    init(_ title: String) { bar = Mutex(ProgressBar(title)) }

    /// - Parameter total: zero when it is not known.
    @Sendable func show(_ what: String, _ done: Int, _ total: Int) {
        bar.withLock { bar in
            bar.show(Int64(done), of: Int64(total), total > 0 ? what : "\(done) \(what)")
        }
    }

    func clear() { bar.withLock { $0.clear() } }
}
