import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts: where fills come from.",
        discussion: """
            An account is named by its name, its exchange, or exchange/name. Names that it had before are understood as
            well, so a device that has not heard of the new one goes on writing into the same account.

              daybook account rename binance/main "Binance 2026"
              daybook account merge kraken/old kraken/main      one account from now on, with one book
              daybook account set broker --currency USD         what shares are in
            """,
        subcommands: [
            AccountListCommand.self, AccountRenameCommand.self, AccountMergeCommand.self, AccountSetCommand.self,
            AccountBasisCommand.self,
        ])
}

enum AccountJSON {
    static func account(_ account: Account, names: [String] = []) -> JSON {
        .object([
            "id": .id(account.id), "exchange": .text(account.exchange),
            "environment": .text(account.environment.rawValue), "label": .text(account.label),
            "cost_basis": .text(account.costBasis.rawValue), "currency": .text(account.currency),
            "margin": account.isMargin.map { .flag($0) } ?? .null, "other_names": .list(names.map { .text($0) }),
        ])
    }

    /// What else an account is or was called.
    static func names(of account: Account, among aliases: [AccountStore.Alias]) -> [String] {
        aliases.filter { $0.account == account.id }.map(\.name.name).filter { $0 != account.name }.sorted()
    }
}

struct AccountListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (accounts, aliases) = try await options.open().read {
            (try AccountStore($0).list(), try AccountStore($0).aliases())
        }
        if options.json {
            JSON.list(accounts.map { AccountJSON.account($0, names: AccountJSON.names(of: $0, among: aliases)) })
                .printed()
        } else if accounts.isEmpty {
            print("No accounts. `daybook import FILE` makes the first.")
        } else {
            var table = Table([
                .init("EXCHANGE"), .init("NAME", isFlexible: true), .init("ENVIRONMENT"), .init("COST BASIS"),
                .init("CURRENCY", rank: 2), .init("MARGIN", rank: 3), .init("OTHER NAMES", isFlexible: true, rank: 1),
            ])
            for account in accounts {
                table.add([
                    .init(account.exchange), .init(account.label), .init(account.environment.rawValue),
                    .init(account.costBasis.rawValue), .init(account.currency ?? ""),
                    .init(account.isMargin.map { $0 ? "yes" : "no" } ?? ""),
                    .init(AccountJSON.names(of: account, among: aliases).joined(separator: ", ")),
                ])
            }
            table.printed()
        }
        Listing.noteFull(accounts.count, of: AccountStore.countMax, "accounts")
    }
}

struct AccountRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Call an account something else.",
        discussion: "Its fills, notes and trades stay as they are, and so does the old name for those who still use it."
    )

    @Argument(help: "The account: its name, its exchange, or exchange/name.", completion: .accounts)
    var account: String

    @Argument(help: "What to call it.")
    var name: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (text, name) = (account, name)
        let (before, after) = try await options.open().edit("rename account \(text) to \(name)") { draft, db in
            let account = try AccountStore(db).require(text)
            return (account, try AccountStore(db).rename(account, to: name, in: &draft))
        }
        if options.json {
            AccountJSON.account(after).printed()
        } else {
            print("\(before.name) is called \(after.name) now.".onOneLine)
        }
    }
}

struct AccountMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Make two accounts one.",
        discussion: """
            The fills and trades of the first are the second's from now on: a position opened in one may close in the other.
            Nothing is deleted; `daybook undo` takes them apart again.
            """)

    @Argument(help: "The account that becomes a part of the other.", completion: .accounts)
    var from: String

    @Argument(help: "The account that stays.", completion: .accounts)
    var into: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (from, into) = (from, into)
        let (part, whole) = try await options.open().edit("merge account \(from) into \(into)") { draft, db in
            let store = AccountStore(db)
            let (part, whole) = (try store.require(from), try store.require(into))
            try store.merge(part, into: whole, in: &draft)
            return (part, whole)
        }
        if options.json {
            JSON.object(["id": .id(whole.id), "merged": .id(part.id)]).printed()
        } else {
            print("\(part.name) is a part of \(whole.name) now.".onOneLine)
        }
    }
}

struct AccountSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Say what holds for all of an account.",
        discussion: """
            --currency is what shares and whatever else has no quote currency in its name is in. --margin says whether coins
            that are sold on spot markets may be borrowed: yes, and selling what was not bought is a short.
            """)

    @Argument(help: "The account: its name, its exchange, or exchange/name.", completion: .accounts)
    var account: String

    @Option(name: .long, help: "The currency, as USD; `none` takes it away.")
    var currency: String?

    @Option(name: .long, help: "yes, no, or none for what the exports say.")
    var margin: String?

    @Option(name: .long, help: "average or fifo: how profits of partly closed positions are figured.")
    var basis: Account.CostBasis?

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let text = account
        let fields = try fields()
        let journal = try await options.open()
        let account = try await journal.edit("set account \(text)") { draft, db in
            let account = try AccountStore(db).require(text)
            try AccountStore(db).set(fields, of: account, in: &draft)
            return account.id
        }
        guard let now = try await journal.read({ try AccountStore($0).find(account) }) else { return }
        if options.json {
            AccountJSON.account(now).printed()
        } else {
            Facts([
                ("account", now.name), ("currency", now.currency ?? "(none)"),
                ("margin", now.isMargin.map { $0 ? "yes" : "no" } ?? "(as the exports say)"),
                ("cost basis", now.costBasis.rawValue),
            ]).printed()
        }
    }

    private func fields() throws -> AccountFields {
        var fields = AccountFields()
        fields.costBasis = basis
        fields.currency = currency.map { $0 == "none" ? .clear : .set($0) } ?? .keep
        switch margin?.lowercased() {
        case nil: break
        case "yes": fields.isMargin = .set(true)
        case "no": fields.isMargin = .set(false)
        case "none": fields.isMargin = .clear
        case let other?:
            throw Failure(.invalid, "argument.bad_margin", "“\(other.prefix(20))” is neither yes nor no nor none.")
        }
        guard fields.isSomething else {
            throw Failure(.invalid, "account.nothing_to_set", "Say what to set: --currency, --margin or --basis.")
        }
        return fields
    }
}

struct AccountBasisCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "basis", abstract: "Say how profits of partly closed positions are figured.",
        discussion: "average or fifo. A trade that is closed makes the same under both.")

    @Argument(help: "The account: its name, its exchange, or exchange/name.", completion: .accounts)
    var account: String

    @Argument(help: "average or fifo.")
    var basis: Account.CostBasis

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let (text, basis) = (account, basis)
        let account = try await options.open().edit("figure \(text) by \(basis.rawValue)") { draft, db in
            let account = try AccountStore(db).require(text)
            var fields = AccountFields()
            fields.costBasis = basis
            try AccountStore(db).set(fields, of: account, in: &draft)
            return account
        }
        if options.json {
            JSON.object(["id": .id(account.id), "cost_basis": .text(basis.rawValue)]).printed()
        } else {
            print("\(account.name) is figured by \(basis.rawValue).".onOneLine)
        }
    }
}

extension Account.CostBasis: ExpressibleByArgument {}
extension Account.Environment: ExpressibleByArgument {}
