// swift-tools-version:6.2
import PackageDescription

// A target may import only targets named above it: Words, Maths, Rules, World, Families, Programs.
let package = Package(
    name: "daybook",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "daybook", targets: ["DaybookCLI"]),
        .executable(name: "daybook-server", targets: ["DaybookServer"]),
        .executable(name: "daybook-bench", targets: ["DaybookBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries
        .target(name: "CAllocator"),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CTraps"),
        .target(name: "CVips", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // 0 Words
        .target(name: "Primitives"),

        // 1 Maths
        .target(
            name: "Ethereum",
            dependencies: [
                "Primitives", "CArgon2", "CSecp256k1", "CSodium",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(
            name: "Sync",
            dependencies: [
                "Primitives", "CXXHash", "CZstd",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Wire/sync.proto"]),

        // 2 Rules
        .target(
            name: "Journal", dependencies: ["Primitives", "Sync", "CXML", "CZip", "CZlib"],
            resources: [.embedInCode("Resources/instruments.csv")]),

        // 3 World
        .target(
            name: "Storage",
            dependencies: [
                "Primitives", "Sync", "Journal", "CPQ", "CSQLite", "CTraps",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [
                .embedInCode("../../Migrations/journal_0001_journal.sql"),
                .embedInCode("../../Migrations/journal_0002_settings.sql"),
                .embedInCode("../../Migrations/journal_0003_closed.sql"),
                .embedInCode("../../Migrations/journal_0004_aside.sql"),
                .embedInCode("../../Migrations/journal_0005_bounds.sql"),
                .embedInCode("../../Migrations/journal_0006_imports.sql"),
                .embedInCode("../../Migrations/journal_0007_mappings.sql"),
                .embedInCode("../../Migrations/postgres_0001_control.sql"),
                .embedInCode("../../Migrations/server_0001_identity.sql"),
                .embedInCode("../../Migrations/server_0002_jobs.sql"),
                .embedInCode("../../Migrations/server_0003_limits.sql"),
            ]),
        .target(name: "Pictures", dependencies: ["Primitives", "Sync", "Journal", "Storage", "CVips"]),
        .target(
            name: "Gateways",
            dependencies: [
                "Primitives", "Ethereum", "Sync",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .target(
            name: "Web",
            dependencies: [
                "Primitives", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // 4 Families
        .target(
            name: "IdentityAPI",
            dependencies: [
                "Primitives", "Ethereum", "Storage", "Web",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "JournalAPI",
            dependencies: [
                "Primitives", "Sync", "Journal", "Storage", "Pictures", "Web",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "WebApp", dependencies: ["Primitives", "Web"],
            resources: [
                .embedInCode("Page/api.js"),
                .embedInCode("Page/curve.js"),
                .embedInCode("Page/days.js"),
                .embedInCode("Page/app.css"),
                .embedInCode("Page/account.html"),
                .embedInCode("Page/account.js"),
                .embedInCode("Page/figures.js"),
                .embedInCode("Page/docs.css"),
                .embedInCode("Page/drafts.js"),
                .embedInCode("Page/icon.svg"),
                .embedInCode("Page/journal.css"),
                .embedInCode("Page/journal.html"),
                .embedInCode("Page/journal.js"),
                .embedInCode("Page/keccak.js"),
                .embedInCode("Page/month.js"),
                .embedInCode("Page/pairing.js"),
                .embedInCode("Page/trade.js"),
                .embedInCode("Page/view.js"),
                .embedInCode("Page/wallet.js"),
            ]),

        // 5 Programs
        .executableTarget(
            name: "DaybookServer",
            dependencies: [
                "Primitives", "Ethereum", "Storage", "Pictures", "Web", "IdentityAPI", "JournalAPI", "WebApp",
                "CAllocator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "DaybookCLI",
            dependencies: [
                "Primitives", "Ethereum", "Sync", "Journal", "Storage", "Gateways",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .executableTarget(
            name: "DaybookBench",
            dependencies: [
                "Primitives", "Ethereum", "Sync", "Journal", "Storage", "Gateways",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),

        // Tests
        .target(name: "TestSupport", dependencies: ["CPQ", "CZlib"], path: "Tests/TestSupport"),
        .testTarget(name: "TidyTests"),
        .testTarget(name: "PrimitivesTests", dependencies: ["TestSupport", "Primitives"]),
        .testTarget(name: "EthereumTests", dependencies: ["TestSupport", "Ethereum", "Primitives"]),
        .testTarget(
            name: "SyncTests",
            dependencies: [
                "TestSupport", "Sync", "Primitives", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(name: "JournalTests", dependencies: ["TestSupport", "Journal", "Primitives", "Sync"]),
        .testTarget(
            name: "GatewaysTests",
            dependencies: [
                "Ethereum", "Gateways", "Journal", "Primitives", "Storage", "Sync",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "DaybookCLI", "DaybookServer", "Primitives", "Sync",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "CZlib", "DaybookServer", "Ethereum", "IdentityAPI", "Journal", "JournalAPI", "Pictures", "Primitives",
                "Storage",
                "Sync",
                "TestSupport", "Web",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(name: "ImportTests", dependencies: ["TestSupport", "Journal", "Primitives", "Sync"]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "TestSupport",
                "Journal", "Primitives", "Storage", "Sync", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "TestSupport", "DaybookCLI", "Gateways", "Journal", "Primitives", "Storage", "Sync",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "CrashTests", dependencies: ["TestSupport", "DaybookCLI", "DaybookServer"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "TestSupport",
                "Journal", "Primitives", "Storage", "Sync", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}
