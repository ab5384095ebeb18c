-- No table changes. Fields have bounds from here on (`FieldBound`): what an older version showed beyond them is moved from
-- the rows to beside them by `Upgrade`, which runs after every migration, so that nobody reckons with it.
SELECT 1;
