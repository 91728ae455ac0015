-- Guards that whatever is secret for the city's staff is secret for everybody.
select cell_id
from {{ ref("int_cell_protected") }}
where status_internal != 'free' and status_public = 'free'
