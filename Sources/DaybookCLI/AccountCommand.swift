import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts: where fills come from.",
        subcommands: [AccountListCommand.self, AccountBasisCommand.self])
}

enum AccountJSON {
    static func account(_ account: Account) -> JSON {
        .object([
            "id": .id(account.id), "exchange": .text(account.exchange),
            "environment": .text(account.environment.rawValue), "label": .text(account.label),
            "cost_basis": .text(account.costBasis.rawValue),
        ])
    }
}

struct AccountListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let accounts = try await options.open().read { try AccountStore($0).list() }
        if options.json {
            JSON.list(accounts.map { AccountJSON.account($0) }).printed()
        } else if accounts.isEmpty {
            print("No accounts. `daybook import FILE` makes the first.")
        } else {
            var table = Table([
                .init("EXCHANGE"), .init("NAME", isFlexible: true), .init("ENVIRONMENT"), .init("COST BASIS"),
            ])
            for account in accounts {
                table.add([
                    .init(account.exchange), .init(account.label), .init(account.environment.rawValue),
                    .init(account.costBasis.rawValue),
                ])
            }
            table.printed()
        }
        Listing.noteFull(accounts.count, of: AccountStore.countMax, "accounts")
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
            let found = try AccountStore(db).matching(text)
            guard found.count == 1, let account = found.first else {
                let names = found.map { "\($0.exchange)/\($0.label)" }.joined(separator: ", ")
                throw Failure(.conflict, "account.which", "“\(text)” could be \(names). Give one of these.")
            }
            AccountStore(db).setCostBasis(basis, of: account, in: &draft)
            return account
        }
        if options.json {
            JSON.object(["id": .id(account.id), "cost_basis": .text(basis.rawValue)]).printed()
        } else {
            print("\(account.exchange)/\(account.label) is figured by \(basis.rawValue).".onOneLine)
        }
    }
}

extension Account.CostBasis: ExpressibleByArgument {}
extension Account.Environment: ExpressibleByArgument {}
