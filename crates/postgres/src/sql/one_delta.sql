        -- $15 to $31: by how much counters move; of categories and buckets that do not move, nulls.
        , $15 AS completed_delta, $16 AS low_total_delta, $17 AS low_completed_delta, $18 AS medium_total_delta,
        $19 AS medium_completed_delta, $20 AS high_total_delta, $21 AS high_completed_delta,
        $22 AS category_1, $23 AS category_1_total_delta, $24 AS category_1_completed_delta,
        $25 AS category_2, $26 AS category_2_total_delta, $27 AS category_2_completed_delta,
        $28 AS bucket_1, $29 AS bucket_1_delta, $30 AS bucket_2, $31 AS bucket_2_delta
