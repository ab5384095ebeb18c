// swift-tools-version:6.2
import PackageDescription

// libFuzzer on the decoders. A package of its own, because everything in it is built with coverage counters.
// `run` builds and starts it.

/// The runtime without a `main`, which `run` finds in the toolchain.
let runtime = Context.environment["FUZZER_RUNTIME"] ?? ""

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .target(name: "Primitives"),
        .target(
            name: "Sync",
            dependencies: [
                "Primitives", "CXXHash", "CZstd",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Wire/sync.proto"]),
        .executableTarget(
            name: "DecoderFuzz", dependencies: ["Primitives", "Sync"],
            linkerSettings: [.unsafeFlags([runtime, "-lstdc++"])]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
        .unsafeFlags(["-sanitize=fuzzer"]),
    ]
}
