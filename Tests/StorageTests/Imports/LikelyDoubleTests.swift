import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

/// Fills that look like others which another import brought.
@Suite struct LikelyDoubleTests {
    private typealias Row = ExportText.Row

    private func memory() async throws -> JournalFile { try await JournalFile.inMemory(world: .live) }

    private func shifted(_ rows: [Row], _ seconds: Int) -> [Row] {
        rows.map { Row(seconds: $0.seconds + seconds, side: $0.side, price: $0.price, quantity: $0.quantity) }
    }

    /// Trades at odd seconds, whose prices all differ.
    private func history(_ count: Int, from start: Int = 7, every step: Int = 3571) -> [Row] {
        (0..<count).map {
            Row(seconds: start + $0 * step, side: $0 % 2 == 0 ? "BUY" : "SELL", price: "\(2000 + $0 * 3)")
        }
    }

    @Test(arguments: [true, false]) func `of two layouts the one with ids counts, whichever came first`(
        idsFirst: Bool
    ) async throws {
        let journal = try await memory()
        let (plain, ids) = (ExportText.formerFutures(ExportText.trade), ExportText.futures(ExportText.trade))
        let first = try await journal.take(idsFirst ? ids : plain, named: "first.csv")
        #expect(!first.isDoubtful)
        let second = try await journal.take(idsFirst ? plain : ids, named: "second.csv")
        #expect(second.newCount == 2 && second.doubleCount == 2 && second.isDoubtful)
        #expect(second.doubles.map(\.symbol) == ["ETH_USDT"])
        #expect(second.doubles[0].file == (idsFirst ? "second.csv" : "first.csv"))
        let trades = try await journal.trips()
        #expect(trades.count == 1 && trades[0].fillCount == 2 && !trades[0].isOpen)
        #expect(try await journal.doubles().map(\.original.externalID) == ["500", "501"])
        #expect(try await journal.damage().isEmpty)
    }

    @Test(arguments: [true, false]) func `a spreadsheet's minutes are the seconds of the file as it came`(
        spreadsheetFirst: Bool
    ) async throws {
        let journal = try await memory()
        let texts = [
            ExportText.formerFutures(ExportText.trade, minutes: true), ExportText.formerFutures(ExportText.trade),
        ]
        for text in spreadsheetFirst ? texts : texts.reversed() { try await journal.take(text) }
        let doubles = try await journal.doubles()
        #expect(doubles.count == 2)
        #expect(doubles.allSatisfy { $0.fill.time.milliseconds % 60_000 == 0 && $0.original.time > $0.fill.time })
        #expect(try await journal.trips().count == 1)
    }

    @Test(arguments: ["-06:00", "+05:45", "+14:00", "-00:15"]) func `a wrong zone is found out`(offset: String)
        async throws
    {
        let journal = try await memory()
        let text = ExportText.generic(ExportText.trade)
        try await journal.take(text)
        let report = try await journal.take(text, utcOffset: offset)
        #expect(report.newCount == 2 && report.doubleCount == 2)
        #expect(try await journal.trips().count == 1)
        // The earlier import counts.
        #expect(try await journal.trips()[0].openedAt.milliseconds == 1_772_409_600_000 + 36_012_000)
    }

    @Test func `a wrong zone is found out where the larger file goes on`() async throws {
        let journal = try await memory()
        let rows = history(40)
        try await journal.take(ExportText.generic(Array(rows[..<20])))
        let report = try await journal.take(ExportText.generic(shifted(rows, -7 * 3600)))
        #expect(report.newCount == 40 && report.doubleCount == 20)
    }

    @Test(arguments: [0, 2, 9]) func `summer time shifts half of a file by another hour`(hours: Int) async throws {
        let journal = try await memory()
        let rows = history(60)
        try await journal.take(ExportText.generic(rows))
        let moved = shifted(Array(rows[..<31]), hours * 3600) + shifted(Array(rows[31...]), (hours + 1) * 3600)
        let report = try await journal.take(ExportText.generic(moved))
        #expect(report.doubleCount == (hours == 0 ? 29 : 60))
        #expect(try await journal.trips().count == 30)
    }

    @Test func `no shift is believed that fits all but one`() async throws {
        let journal = try await memory()
        let rows = history(12)
        try await journal.take(ExportText.generic(rows))
        var moved = shifted(rows, 7200)
        moved[5] = Row(seconds: moved[5].seconds + 1, side: moved[5].side, price: moved[5].price)
        #expect(try await journal.take(ExportText.generic(moved)).doubleCount == 0)
    }

    @Test func `no shift is believed where the larger file has more in between`() async throws {
        let journal = try await memory()
        let rows = history(12)
        try await journal.take(ExportText.generic(rows))
        let moved = shifted([rows[2], rows[4], rows[9]], 7200)
        #expect(try await journal.take(ExportText.generic(moved)).doubleCount == 0)
        let run = shifted(Array(rows[3..<7]), 5 * 3600)
        #expect(try await journal.take(ExportText.generic(run)).doubleCount == 4)
    }

    @Test func `two zones that are no quarter of an hour apart are two histories`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.generic(history(8)))
        for seconds in [3601, 600, 15 * 3600] {
            #expect(try await journal.take(ExportText.generic(shifted(history(8), seconds))).doubleCount == 0)
        }
    }

    @Test func `the same strategy an hour later in one file makes no double`() async throws {
        let journal = try await memory()
        let rows = ExportText.trade + shifted(ExportText.trade, 3600) + shifted(ExportText.trade, 7200)
        #expect(try await journal.take(ExportText.generic(rows)).newCount == 6)
        #expect(try await journal.doubles().isEmpty)
        #expect(try await journal.trips().reduce(0) { $0 + $1.fillCount } == 6)
    }

    @Test func `overlapping files of one layout with ids make no doubles`() async throws {
        let journal = try await memory()
        let rows = ExportText.trade + shifted(ExportText.trade, 3600) + shifted(ExportText.trade, 7200)
        try await journal.take(ExportText.futures(Array(rows[..<4])))
        let report = try await journal.take(ExportText.futures(rows))
        #expect(report.newCount == 2 && report.knownCount == 4 && !report.isDoubtful)
        // The next day's ids are others.
        #expect(try await journal.take(ExportText.futures(shifted(rows, 3600), first: 900)).doubleCount == 0)
    }

    @Test(arguments: [1, 6, 12]) func `a bot with equal fills every hour makes no doubles in the next file`(
        count: Int
    ) async throws {
        let journal = try await memory()
        let bot = (0..<24).map { Row(seconds: $0 * 3600, side: $0 % 2 == 0 ? "BUY" : "SELL", price: "2000") }
        try await journal.take(ExportText.formerFutures(Array(bot[..<12])))
        #expect(try await journal.take(ExportText.formerFutures(Array(bot[12..<(12 + count)]))).doubleCount == 0)
        let equal = (0..<24).map { Row(seconds: $0 * 3600 + 5, side: "BUY", price: "1999") }
        try await journal.take(ExportText.formerFutures(Array(equal[..<12])))
        #expect(try await journal.take(ExportText.formerFutures(Array(equal[12...]))).doubleCount == 0)
    }

    @Test func `as many wait as there are, and no more`() async throws {
        let journal = try await memory()
        let twice = [ExportText.trade[0], ExportText.trade[0], ExportText.trade[1]]
        try await journal.take(ExportText.formerFutures(twice))
        let thrice = [ExportText.trade[0]] + twice
        #expect(try await journal.take(ExportText.futures(thrice)).doubleCount == 3)
        let counting = try await journal.trips().reduce(0) { $0 + $1.fillCount }
        #expect(counting == 4)
    }

    @Test func `a third source waits for the first`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.futures(ExportText.trade))
        try await journal.take(ExportText.formerFutures(ExportText.trade))
        try await journal.take(ExportText.formerFutures(ExportText.trade, minutes: true))
        let doubles = try await journal.doubles()
        #expect(doubles.count == 4 && doubles.allSatisfy { !$0.original.externalID.isEmpty })
        #expect(try await journal.trips().count == 1)
    }

    @Test func `what a person says of a double holds`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.futures(ExportText.trade), named: "ids.csv")
        try await journal.take(ExportText.formerFutures(ExportText.trade), named: "plain.csv")
        let waiting = try await journal.doubles().map(\.fill.id)
        try await journal.settle([waiting[0]], as: .distinct)
        #expect(try await journal.doubles().map(\.fill.id) == [waiting[1]])
        #expect(try await journal.trips().reduce(0) { $0 + $1.fillCount } == 3)
        try await journal.settle([waiting[1]], as: .double)
        #expect(try await journal.doubles().isEmpty)
        #expect(try await journal.trips().reduce(0) { $0 + $1.fillCount } == 3)
        // For good, also without what it is the double of.
        let ids = try #require(try await journal.imports().first { $0.fileImport.file == "ids.csv" })
        _ = try await journal.undo(ids.fileImport.id)
        #expect(try await journal.trips().map(\.fillCount) == [1])
        await #expect(throws: Failure.self) { try await journal.settle([waiting[1]], as: .double) }
    }

    @Test func `a double counts when what it waited for is undone`() async throws {
        let journal = try await memory()
        try await journal.take(ExportText.futures(ExportText.trade))
        try await journal.take(ExportText.formerFutures(ExportText.trade))
        let ids = try #require(try await journal.imports().last)
        _ = try await journal.undo(ids.fileImport.id)
        #expect(try await journal.doubles().isEmpty)
        #expect(try await journal.trips().map(\.fillCount) == [2])
        #expect(try await journal.damage().isEmpty)
    }

    @Test(arguments: [true, false]) func `all of it counts when that was asked for`(idsFirst: Bool) async throws {
        let journal = try await memory()
        let texts = [ExportText.futures(ExportText.trade), ExportText.formerFutures(ExportText.trade)]
        try await journal.take(texts[idsFirst ? 0 : 1])
        let report = try await journal.take(texts[idsFirst ? 1 : 0], allowsDuplicates: true)
        #expect(report.doubleCount == 0 && !report.isDoubtful)
        #expect(try await journal.trips().reduce(0) { $0 + $1.fillCount } == 4)
    }

    @Test func `two devices that imported two layouts offline find the doubles after the sync`() async throws {
        let server = try await AdversarialServer()
        let (desk, phone) = (try await AdversarialDevice("Desk"), try await AdversarialDevice("Phone"))
        try await desk.journal.take(ExportText.formerFutures(history(10)))
        try await phone.journal.take(ExportText.futures(history(10)))
        #expect(try await desk.journal.doubles().isEmpty)
        try await server.settle(desk, phone)
        let lists = [try await desk.journal.doubles(), try await phone.journal.doubles()]
        #expect(lists[0].count == 10 && lists[0].map(\.fill.id) == lists[1].map(\.fill.id))
        #expect(lists[0].allSatisfy { $0.fill.externalID.isEmpty })
        let first = try await JournalDump.shared(desk.journal)
        #expect(JournalDump.difference(first, try await JournalDump.shared(phone.journal)) == "")
        #expect(try await phone.journal.trips().count == 5)
        for device in [desk, phone] { #expect(try await device.journal.damage().isEmpty) }
    }

    @Test func `a trade typed before its file came can be joined with the imported one`() async throws {
        let journal = try await memory()
        let typed = ID<Trade>.new(in: .live)
        try await journal.edit("type") { draft, db in
            var fields = TradeFields()
            fields.symbol = "ETH_USDT"
            fields.direction = .long
            fields.quantity = Amount(whole: 1)
            fields.entryPrice = Amount(whole: 2015)
            fields.openedAt = Timestamp(milliseconds: 1_772_409_600_000 + 36_000_000)
            fields.rating = 4
            try TradeStore(db).add(typed, fields, in: &draft)
        }
        try await journal.edit("note") { draft, db in
            try TradeStore(db).setNotes(typed, "from memory", in: &draft)
        }
        let report = try await journal.take(ExportText.formerFutures(ExportText.trade))
        #expect(report.typed.map(\.typed) == [typed])
        let calendar = TradingCalendar(zone: .gmt)
        try await journal.edit("join") { draft, db in _ = try TypedTrades(db).join(typed, calendar, in: &draft) }
        let trade = try #require(try await journal.trips().first)
        #expect(try await journal.trips().count == 1)
        #expect(trade.isDerived && trade.rating == 4 && trade.fillCount == 2)
        #expect(try await journal.read { try TradeStore($0).notes(of: trade.id).map(\.text) } == ["from memory"])
        #expect(try await journal.read { try TypedTrades($0).pairs(calendar) }.isEmpty)
    }
}
