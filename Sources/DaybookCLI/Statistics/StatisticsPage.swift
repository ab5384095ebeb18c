import Journal
import Primitives

/// Statistics for people.
struct StatisticsPage {
    let overview: Overview
    let quote: String

    private var tally: Tally { overview.tally }

    func printed() {
        print(Terminal.output.styled(heading, .bold))
        Facts(known: [
            (
                "net",
                "\(Figures.profit(tally.net)) (gross \(Figures.profit(tally.gross)), fees \(Figures.money(tally.fees)))",
                Figures.style(tally.net)
            ),
            (
                "win rate",
                "\(Figures.percent(tally.winRate))  (\(tally.wins) won, \(tally.losses) lost, \(tally.breakevens) even)",
                nil
            ),
            ("profit factor", Figures.ratio(tally.profitFactor), nil),
            ("expectancy", "\(Figures.profit(tally.expectancy)) a trade", nil),
            (
                "average",
                "win \(dash(tally.averageWin)), loss \(dash(tally.averageLoss)), payoff \(Figures.ratio(tally.payoff))",
                nil
            ),
            ("largest", "win \(dash(overview.largestWin)), loss \(dash(overview.largestLoss))", nil),
            ("R", multiples, nil),
            ("SQN", systemQuality, nil),
            ("Kelly", halfKelly, nil),
            ("streaks", streaks, nil),
            ("held", held, nil),
            ("days", days, nil),
            ("drawdown", drawdown, nil),
            ("returns", returns, nil),
        ]).printed()
    }

    /// The whole in a line, above its parts.
    func printedInOneLine() {
        let net = Terminal.output.styled("net \(Figures.profit(tally.net))", Figures.style(tally.net))
        print(
            "\(Terminal.output.styled(population, .bold)): \(net), \(Figures.percent(tally.winRate)) won, "
                + "profit factor \(Figures.ratio(tally.profitFactor))")
    }

    private var heading: String {
        let days = overview.days.days
        guard let first = days.first, let last = days.last else { return "No closed trades" }
        return "\(population), \(first.date) to \(last.date)"
    }

    private var population: String {
        "\(Figures.count(tally.count, "closed trade"))\(quote.isEmpty ? "" : " in \(quote)")"
    }

    private func dash(_ amount: Amount?) -> String { amount == nil ? "–" : Figures.profit(amount) }

    private var multiples: String {
        guard let total = tally.totalR else { return "– (no trade has a planned stop)" }
        return "\(Figures.multiple(total)) in sum, \(Figures.multiple(tally.averageR)) on average, over "
            + Figures.count(tally.rTrades, "trade")
    }

    private var systemQuality: String {
        guard let quality = overview.systemQuality else { return "" }
        return Figures.ratio(quality) + (tally.rTrades < 30 ? " (unreliable below 30 trades)" : "")
    }

    private var halfKelly: String {
        guard let kelly = tally.kelly else { return "" }
        return "\(Figures.percent(max(kelly, 0) / 2)) (half)"
    }

    private var streaks: String {
        let streaks = overview.streaks
        let now =
            streaks.current == 0
            ? ""
            : ", now \(Figures.count(abs(streaks.current), streaks.current > 0 ? "win" : "loss", streaks.current > 0 ? nil : "losses"))"
        return "\(Figures.count(streaks.best, "win")), \(Figures.count(streaks.worst, "loss", "losses")) at most\(now)"
    }

    private var held: String {
        guard let durations = overview.durations else { return "" }
        return "\(Figures.duration(milliseconds: durations.mean)) on average, "
            + "\(Figures.duration(milliseconds: durations.median)) in the middle"
    }

    private var days: String {
        let days = overview.days
        guard let best = days.best, let worst = days.worst else { return "" }
        return "\(days.winningDays) of \(days.tradingDays) won; best \(best.date) \(Figures.profit(best.net)), "
            + "worst \(worst.date) \(Figures.profit(worst.net))"
    }

    private var drawdown: String {
        guard let drawdown = overview.drawdown else { return "" }
        guard let deepest = drawdown.deepest else { return "none" }
        let share = drawdown.fraction.map { " (\(Figures.percent($0)))" } ?? ""
        let end = deepest.isRecovered ? "recovered after" : "not recovered in"
        return "\(Figures.money(drawdown.amount))\(share), \(end) \(Figures.count(deepest.dayCount, "day"))"
    }

    private var returns: String {
        guard let returns = overview.returns else { return "" }
        return "Sharpe \(Figures.ratio(returns.sharpe)), Sortino \(Figures.ratio(returns.sortino)), "
            + "volatility \(Figures.percent(returns.volatility)), growth \(Figures.percent(returns.annualGrowth)) a year"
    }

    static func table(_ breakdown: Breakdown, by dimension: Breakdown.Dimension, _ name: (Breakdown.Key) -> String)
        -> Table
    {
        var table = Table([
            .init(dimension.rawValue.uppercased(), isFlexible: true), .init("TRADES", .right), .init("WON", .right),
            .init("NET", .right), .init("PER TRADE", .right, rank: 2), .init("PROFIT FACTOR", .right, rank: 3),
            .init("AVG R", .right, rank: 1),
        ])
        for row in breakdown.rows {
            let tally = row.tally
            table.add([
                .init(name(row.key)), .init(String(tally.count)), .init(Figures.percent(tally.winRate)),
                .init(Figures.profit(tally.net), Figures.style(tally.net)), .init(Figures.profit(tally.expectancy)),
                .init(Figures.ratio(tally.profitFactor)), .init(Figures.multiple(tally.averageR)),
            ])
        }
        return table
    }
}
