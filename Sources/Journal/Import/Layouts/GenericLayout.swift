extension ColumnLayout {
    /// What anybody may have written. Nobody vouches for the meaning of its columns, so a file that leaves it open is
    /// refused.
    static let generic = ColumnLayout(
        format: .generic, name: "generic", title: "CSV of fills", marks: [],
        names: [
            .time: [
                "time", "timestamp", "datetime", "date", "timeutc", "dateutc", "executedat", "filledat", "tradetime",
                "transactiontime", "timems", "createdat", "executiontime", "exectime", "filltime", "tradedate",
                "executiondate", "transactiondate",
            ],
            .clock: ["time", "executiontime", "exectime", "tradetime", "filltime", "timeofday"],
            .symbol: ["symbol", "pair", "market", "instrument", "contract", "contracts", "ticker", "coin"],
            .currency: ["currency", "quotecurrency", "quote", "ccy", "pricecurrency"],
            .side: ["side", "direction", "dir", "buysell", "bs", "action", "type"],
            .price: ["price", "fillprice", "filledprice", "execprice", "executionprice", "tradeprice", "px"],
            .quantity: [
                "quantity", "qty", "size", "sz", "amount", "volume", "vol", "filledquantity", "filledqty", "execqty",
                "shares", "lots", "lot", "contracts",
            ],
            .fee: ["totalfees", "totalfee", "fee", "fees"] + feeNames,
            .secondFee: feeNames, .thirdFee: feeNames,
            .feeCoin: ["feecurrency", "feecoin", "feeasset", "feetoken", "commissionasset", "commissioncurrency"],
            .tradeID: [
                "id", "tradeid", "fillid", "execid", "executionid", "externalid", "transactionid", "txid", "tid",
            ],
            .orderID: ["orderid", "order", "orderno", "oid", "ordertxid"],
            .kind: [
                "type", "kind", "transactiontype", "recordtype", "filledtype", "exectype", "tradetype", "event",
                "action",
            ],
            .status: ["status", "state", "orderstatus"],
            .leg: ["positionside", "posside"],
            .effect: ["effect", "openclose", "positioneffect", "poseffect"],
            .profit: ["realizedprofit", "realizedpnl", "realisedpnl", "closedpnl", "realizedpl"],
        ],
        feeSign: .byFile, isForeign: true)

    private static let feeNames = [
        "feescomm", "feescommissions", "commissionsfees", "commission", "commissions", "comm", "feeamount",
        "tradingfee",
        "feespaid", "feepaid", "brokerage", "brokeragefee", "exchangefee", "exchangefees", "regfee", "regulatoryfee",
        "regulatoryfees", "secfee", "clearingfee", "nfafee", "otherfees",
    ]

    /// Columns of files whose rows are no fills: whole positions, with a beginning and an end.
    static let positionColumns: Set<String> = [
        "closetime", "closedat", "exittime", "exitdate", "exitprice", "closeprice", "closingprice", "entryprice",
        "avgentryprice", "avgexitprice", "openprice", "entrytime", "closedate", "timeclosed", "buyfillid", "sellfillid",
    ]
}
