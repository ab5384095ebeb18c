import Foundation
import Primitives
import Testing

@testable import DaybookCLI
@testable import Gateways

/// What can be said of sessions without a server; `EndToEndTests` have one.
@Suite struct DeviceCommandTests {
    /// Nobody listens there.
    private let nowhere = "http://127.0.0.1:9"

    @Test func `the replicas are listed without a server, and no sessions`() throws {
        let daybook = try Daybook()
        let listed = try daybook.ask("devices")
        #expect(listed["replicas"].list.count == 1)
        #expect(listed["replicas"][0]["name"].text == "desk")
        #expect(listed["replicas"][0]["is_this"].flag == true)
        #expect(listed["sessions"].isNull)
        #expect(try daybook.ask("devices", "list")["replicas"].list.count == 1)
        let table = try daybook.run("devices").output
        #expect(table.contains("REPLICA") && !table.contains("SESSION"))
    }

    @Test(arguments: [
        ["pair"], ["pair", "042917", "--new"], ["pair", "--new", "--server", "https://daybook.example"],
        ["pair", "--new", "--name", "Phone"], ["devices", "revoke"], ["logout", "--elsewhere"], ["login", "--import"],
    ]) func `what makes no sense is told before anything is done`(arguments: [String]) throws {
        #expect(try Daybook().run(arguments).status == 64, "\(arguments)")
    }

    @Test func `what needs a session says so`() throws {
        let daybook = try Daybook()
        for arguments in [
            ["pair", "--new"], ["devices", "revoke", "abcd"], ["logout"], ["logout", "--everywhere"],
        ] {
            let answer = try daybook.run(arguments)
            #expect(answer.status == 5, "\(arguments)")
            #expect(answer.code == "session.missing", "\(arguments)")
        }
    }

    @Test(arguments: ["12345", "1234567", "abcdef", "12345x", ""]) func `a code that is none is not sent`(
        code: String
    ) throws {
        let answer = try Daybook().run("pair", code, "--server", nowhere)
        #expect(answer.status == 64)
        #expect(answer.code == "pairing.bad_code")
    }

    @Test func `a code may be typed in groups, and needs to know its server`() throws {
        let daybook = try Daybook()
        for code in ["042917", "042 917", "042-917"] {
            #expect(try daybook.run("pair", code, "--server", nowhere).code == "server.unreachable")
        }
        #expect(try daybook.run("pair", "042917").code == "server.missing")
        #expect(try daybook.run("pair", "042917", "--server", "http://daybook.example").code == "server.insecure")
        for name in ["", " ", "two\nlines", String(repeating: "x", count: 101)] {
            let answer = try daybook.run("pair", "042917", "--server", nowhere, "--name", name)
            #expect(answer.code == "device.bad_name")
        }
    }

    @Test func `help says how to pair, to sign out everywhere and to bring a key`() throws {
        let daybook = try Daybook(begun: false)
        #expect(try daybook.run("--help").output.contains("\n  pair "))
        #expect(try daybook.run("pair", "--help").output.contains("--new"))
        #expect(try daybook.run("devices", "--help").output.contains("revoke"))
        #expect(try daybook.run("logout", "--help").output.contains("--everywhere"))
        #expect(try daybook.run("login", "--help").output.contains("--import"))
    }

    // MARK: A key from another wallet

    private func imported(_ daybook: Daybook, _ passphrase: String = "a", _ more: String...) throws -> Daybook.Answer {
        try daybook.run(
            ["login", "--server", nowhere, "--key", "wallet.json", "--import", "exported.json"] + more,
            environment: ["DAYBOOK_PASSPHRASE": passphrase])
    }

    private static let exported = """
        {"address": "79423F773e6CA35296132029D64c700EA5b5ce1a", "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "05f6d932e9707a3150d444671c9d"}, \
        "ciphertext": "ca931878605f39611981a725a6eedb870cbeb620e831585a9ea433b4182cf37a", "kdf": "pbkdf2", \
        "kdfparams": {"c": 1, "dklen": 32, "prf": "hmac-sha256", \
        "salt": "28b49a224e3b2c4e9327ddb59bbdbfea"}, "mac": "309ef235ac906ce1c46332e0f12d6e6c7a73bec7401fde5f9f518d1bcfa08961"}, "id": "8620e40a-a312-4c92-8484-e4a492fc88e8", "version": 3}
        """

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `an Ethereum keystore becomes a wallet file of ours, and is not written over`() throws {
        let daybook = try Daybook()
        try daybook.file("exported.json", Self.exported)
        let answer = try imported(daybook)
        // There is no server to sign in to, but the key is here.
        #expect(answer.code == "server.unreachable")
        #expect(answer.error.contains("79423F773e6CA35296132029D64c700EA5b5ce1a"))
        #expect(answer.error.contains("fewer than 8 characters"))
        let path = daybook.directory + "/wallet.json"
        #expect(try mode(path) == 0o600)
        let wallet = JSONNode(try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(wallet["kdf"]["name"].text == "argon2id")
        #expect(wallet["address"].text == "0x79423F773e6CA35296132029D64c700EA5b5ce1a")
        #expect(
            !String(decoding: daybook.contents("wallet.json") ?? [], as: UTF8.self).contains(
                "21f55541059922e1a785f7ab9884e3df4a9b5f2bcbf128c39d676a3916f658f3"))
        let before = daybook.contents("wallet.json")
        #expect(try imported(daybook).code == "keystore.exists")
        #expect(daybook.contents("wallet.json") == before)
        // It opens with the passphrase that the keystore had.
        let arguments = ["login", "--server", nowhere, "--key", "wallet.json"]
        #expect(
            try daybook.run(arguments, environment: ["DAYBOOK_PASSPHRASE": "a"]).code == "server.unreachable")
        #expect(
            try daybook.run(arguments, environment: ["DAYBOOK_PASSPHRASE": "b"]).code == "keystore.wrong_passphrase")
    }

    @Test func `a keystore that others may read is taken with a warning, a wallet file is not`() throws {
        let daybook = try Daybook()
        let (exported, wallet) = (daybook.directory + "/exported.json", daybook.directory + "/wallet.json")
        try daybook.file("exported.json", Self.exported)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: exported)
        #expect(try imported(daybook).error.contains("chmod 600 '\(exported)'"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: wallet)
        let answer = try daybook.run(
            ["login", "--server", nowhere, "--key", "wallet.json"], environment: ["DAYBOOK_PASSPHRASE": "a"])
        #expect(answer.status == 5)
        #expect(answer.code == "keystore.exposed")
        #expect(answer.error.contains("chmod 600 '\(wallet)'"))
    }

    @Test func `without the passphrase, or without a keystore, nothing is made`() throws {
        let daybook = try Daybook()
        #expect(try imported(daybook).code == "keystore.not_found")
        try daybook.file("exported.json", Self.exported)
        #expect(try imported(daybook, "wrong").code == "web3_keystore.wrong_passphrase")
        #expect(try imported(daybook, "").code == "passphrase.missing")
        try daybook.file("exported.json", "{}")
        #expect(try imported(daybook).code == "web3_keystore.malformed")
        #expect(daybook.contents("wallet.json") == nil)
    }

    @Test func `a new key has no passphrase that can be guessed`() throws {
        let daybook = try Daybook()
        let arguments = ["login", "--server", nowhere, "--key", "new.json"]
        try daybook.file("short", "1234567\n")
        for answer in [
            try daybook.run(arguments, environment: ["DAYBOOK_PASSPHRASE": "a"]),
            try daybook.run(arguments, environment: ["DAYBOOK_PASSPHRASE": "äöüßäöü"]),
            try daybook.run(arguments + ["--passphrase-file", "short"]),
        ] {
            #expect(answer.status == 64)
            #expect(answer.code == "passphrase.too_short")
            #expect(answer.error.contains("at least 8 characters"))
        }
        #expect(daybook.contents("new.json") == nil)
        let made = try daybook.run(arguments, environment: ["DAYBOOK_PASSPHRASE": "12345678"])
        #expect(made.code == "server.unreachable")
        #expect(daybook.contents("new.json") != nil)
    }

    // MARK: Pieces

    private func session(_ id: String) throws -> ServerSession {
        ServerSession(
            id: try #require(ID<ServerSession>(id)), kind: "web", name: nil, created: nil, lastSeen: nil, expires: nil,
            network: nil, isCurrent: false)
    }

    private func found(_ text: String, _ sessions: [ServerSession]) -> String? {
        do {
            return try DevicesRevokeCommand.find(text, among: sessions).id.description
        } catch {
            return (error as? Failure)?.code
        }
    }

    @Test func `a session is meant by a piece of its id that no other has`() throws {
        let ids = ["0198a000-0000-7000-8000-0000000000aa", "0198a000-0000-7000-8000-1234567890ab"]
        let sessions = try ids.map { try session($0) }
        #expect(found(ids[0], sessions) == ids[0])
        #expect(found("567890AB", sessions) == ids[1])
        #expect(found("5678", sessions) == ids[1])
        #expect(found("90ab", sessions) == ids[1])
        #expect(found("0198a000", sessions) == "device.ambiguous_id")
        #expect(found("ffff", sessions) == "device.not_found")
        #expect(found("aa", sessions) == "device.id_too_short")
        #expect(found("", sessions) == "device.id_too_short")
    }

    @Test func `a code is shown in digits five lines high`() {
        #expect(
            LargeDigits.lines("042917") == [
                "██████  ██  ██  ██████      ██████    ██    ██████",
                "██  ██  ██  ██      ██      ██  ██  ████        ██",
                "██  ██  ██████  ██████      ██████    ██      ██",
                "██  ██      ██  ██              ██    ██      ██",
                "██████      ██  ██████      ██████  ██████    ██",
            ])
    }
}
