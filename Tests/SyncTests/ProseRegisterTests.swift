import Primitives
import Sync
import TestSupport
import Testing

/// What is shown of the versions of a long text, held against the plain definition of it, and at its limits.
@Suite struct ProseRegisterTests {
    /// A journal of one long text: every version there ever was.
    private struct Versions: ProseVersions {
        var places: [Dot: CommitPlace] = [:]
        var texts: [Dot: String] = [:]
        var replaced: [Dot] = []

        func time(of dot: Dot) -> HybridTime { places[dot]?.time ?? .zero }
        func context(of dot: Dot) -> VectorClock { places[dot]?.context ?? VectorClock() }
        func value(of dot: Dot) -> Value { texts[dot].map { .text($0) } ?? .null }
        func last(within clock: VectorClock) -> [Dot] { VectorClock(replaced.filter(clock.covers)).entries }

        mutating func write(_ text: String?, by dot: Dot, seen: VectorClock, milliseconds: UInt64) {
            places[dot] = CommitPlace(context: seen, time: HybridTime(rawValue: milliseconds << 16))
            texts[dot] = text
        }
    }

    /// The definition as it reads: of all that everybody had seen the last, made one where there are several of them.
    private func plainly(
        _ siblings: [Sibling], history: [Sibling], place: (Dot) -> CommitPlace
    ) -> (value: Value, overlaps: Bool) {
        guard siblings.count > 1, siblings.contains(where: { $0.value != siblings[0].value }) else {
            return (siblings.first?.value ?? .null, false)
        }
        let ordered = siblings.sorted { (place($0.dot).time, $0.dot) < (place($1.dot).time, $1.dot) }
        let past = ordered.dropFirst().reduce(place(ordered[0].dot).context) { $0.met(with: place($1.dot).context) }
        let common = history.filter { past.covers($0.dot) }
        let latest = common.filter { one in !common.contains { place($0.dot).context.covers(one.dot) } }
        let base = latest.count > 1 ? plainly(latest, history: history, place: place).value : latest.first?.value
        let merged = TextMerge.merge(base: text(base), versions: ordered.map { text($0.value) })
        return (.text(merged.text), merged.hasOverlap)
    }

    private func text(_ value: Value?) -> String {
        if case .text(let text) = value { text } else { "" }
    }

    @Test(arguments: 1...400 as ClosedRange<UInt64>) func `what is shown is what the plain definition shows`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let writes = WriteHistory(seed: seed).writes
        var versions = Versions()
        for write in writes {
            let text =
                dice.chance(10)
                ? nil : dice.pick(["one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n", "one\n", "one\ntwo\nthree\n"])
            versions.write(text, by: write.dot, seen: write.seen, milliseconds: UInt64(dice.roll(5)))
        }
        let standing = writes.filter { write in !writes.contains { $0.seen.covers(write.dot) } }.map(\.dot)
        versions.replaced = writes.map(\.dot).filter { !standing.contains($0) }
        func sibling(_ dot: Dot) -> Sibling { Sibling(dot, versions.value(of: dot)) }
        let plain = plainly(
            standing.map(sibling), history: versions.replaced.map(sibling),
            place: { versions.places[$0] ?? .init(context: VectorClock(), time: .zero) })
        for order in [standing, standing.reversed(), standing.shuffled(using: &dice)] {
            let shown = ProseRegister.shown(order, of: versions)
            #expect(shown.value == plain.value, "seed \(seed)")
            #expect(shown.overlaps == plain.overlaps, "seed \(seed)")
        }
    }

    /// Versions that nobody had seen, each by a replica of its own, the latest with the highest number.
    private func versions(_ count: Int, text: (Int) -> String) -> (Versions, standing: [Dot]) {
        var versions = Versions()
        let dots = (1...count).map { Dot(.test($0), 1) }
        for (index, dot) in dots.enumerated() {
            versions.write(text(index), by: dot, seen: VectorClock(), milliseconds: UInt64(index))
        }
        return (versions, dots)
    }

    @Test func `of more versions than are merged the latest is shown, in whatever order they came`() {
        let (few, some) = versions(ProseRegister.versionsMax) { "version \($0)\n" }
        let merged = ProseRegister.shown(some, of: few)
        #expect(merged.value == .text((0..<ProseRegister.versionsMax).map { "version \($0)\n" }.joined()))
        #expect(!merged.overlaps)
        let (many, all) = versions(ProseRegister.versionsMax + 1) { "version \($0)\n" }
        for order in [all, all.reversed()] {
            let shown = ProseRegister.shown(order, of: many)
            #expect(shown.value == .text("version \(ProseRegister.versionsMax)\n"))
            #expect(shown.overlaps)
            #expect(shown.steps == 0)
        }
    }

    @Test func `a merge that would become too long shows the latest version, and waits for a person`() {
        func text(_ number: Int) -> String {
            String(repeating: String(repeating: "\(number) of a long text ", count: 50) + "\n", count: 250)
        }
        let (four, some) = versions(4, text: text)
        let isWhole = ProseRegister.shown(some, of: four).value == .text((0..<4).map(text).joined())
        #expect(isWhole)
        let (five, all) = versions(5, text: text)
        let shown = ProseRegister.shown(all, of: five)
        let isLatest = shown.value == .text(text(4))
        #expect(isLatest)
        #expect(shown.overlaps)
    }

    /// Two writers who each see the other's last version and write again at the same time, over and over.
    @Test func `histories that crossed a thousand times cost no more than those that crossed a few times`() {
        var versions = Versions()
        for round in 1...1000 as ClosedRange<UInt64> {
            for replica in 1...2 {
                versions.write(
                    "a \(round) of \(replica)\nb\n", by: Dot(.test(replica), round),
                    seen: VectorClock([Dot(.test(1), round - 1), Dot(.test(2), round - 1)]),
                    milliseconds: 2 * round + UInt64(replica))
            }
        }
        versions.replaced = (1...999 as ClosedRange<UInt64>).flatMap { [Dot(.test(1), $0), Dot(.test(2), $0)] }
        let standing = [Dot(.test(1), 1000), Dot(.test(2), 1000)]
        let shown = ProseRegister.shown(standing, of: versions)
        #expect(shown.steps > 0)
        #expect(shown.steps < 20_000 * (ProseRegister.crossingsMax + 1))
        #expect(ProseRegister.shown(standing.reversed(), of: versions).value == shown.value)
        #expect(shown.value != .null)
    }

    @Test(arguments: HostileTexts.all.filter { $0.base.utf8.count < 1 << 18 })
    func `each byte of hostile texts costs so many steps at most`(hostile: HostileTexts) {
        let bytes = hostile.versions.reduce(hostile.base.utf8.count) { $0 + $1.utf8.count }
        for share in [1, 16, 256] {
            func part(_ text: String) -> String {
                String(decoding: text.utf8.prefix(text.utf8.count / share), as: UTF8.self)
            }
            var work = DiffWork(bytes: bytes / share)
            _ = TextMerge.merge(
                base: part(hostile.base), versions: hostile.versions.map(part), bytesMax: .max, work: &work)
            // The last spending may overdraw, at most by recognising the pieces of two texts.
            #expect(work.steps <= DiffWork.stepsMin + (DiffWork.stepsPerByte + 24) * bytes / share)
        }
    }

    @Test func `no more of a merged text is made than is wanted`() {
        var work = DiffWork()
        for bytesMax in [0, 5, 11] {
            #expect(
                TextMerge.merge(base: "", versions: ["first\n", "later\n"], bytesMax: bytesMax, work: &work) == nil)
        }
        #expect(
            TextMerge.merge(base: "", versions: ["first\n", "later\n"], bytesMax: 12, work: &work)?.text
                == "first\nlater\n")
        #expect(TextMerge.merge(base: "", versions: ["first", "first"], bytesMax: 4, work: &work) == nil)
    }
}
