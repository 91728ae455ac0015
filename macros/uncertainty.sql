{#-
    Bound of the 95 % interval of a share (Wilson 1927), lower for `sign` -1, upper for 1. `cases` of `base`
    are counts. It leaves out a share P exactly where a test against P would reject it.
-#}
{% macro wilson_bound(cases, base, sign) -%}
    {%- set share = "(" ~ cases ~ " * 1.0 / nullif(" ~ base ~ ", 0))" -%}
    {%- set z2 = "3.841459 / nullif(" ~ base ~ ", 0)" -%}
    case
        when {{ share }} is not null then least(greatest((
            {{ share }} + {{ z2 }} / 2 + {{ sign }} * sqrt(
                {{ z2 }} * greatest({{ share }} * (1 - {{ share }}) + {{ z2 }} / 4, 0)
            )
        ) / (1 + {{ z2 }}), 0), 1)
    end
{%- endmacro %}

{#-
    Bound of the 95 % interval of the mean behind `cases` events, lower for `sign` -1, upper for 1: Byar's
    approximation of the exact Poisson limits (Breslow & Day 1987). From 100 cases on, where
    `int_poisson_limit_calculated` ends, it is right to a hundred-thousandth.
-#}
{% macro poisson_bound(cases, sign) -%}
    {%- set number = cases if sign < 0 else "(" ~ cases ~ " + 1)" -%}
    case
        when {{ number }} > 0
            then {{ number }} * power(
                1 - 1.0 / (9 * {{ number }})
                + {{ sign }} * 1.959964 / (3 * sqrt({{ number }})),
                3
            )
        when {{ number }} = 0 then 0
    end
{%- endmacro %}

{#-
    Standard error of the difference of two shares or rates, `cases` of `base` each, if they were the same;
    `is_share`: a condition. Zero where nothing could differ.
-#}
{% macro pooled_error(cases, base, other_cases, other_base, is_share) -%}
    {%- set pooled -%}
        (({{ cases }} + {{ other_cases }}) * 1.0 / ({{ base }} + {{ other_base }}))
    {%- endset -%}
    sqrt(
        {{ pooled }}
        * case when {{ is_share }} then greatest(1 - {{ pooled }}, 0) else 1 end
        * (1.0 / {{ base }} + 1.0 / {{ other_base }})
    )
{%- endmacro %}

{#-
    Probability that a standard normal variable lies as far from zero as `score`, or further: the
    complementary error function by a Chebyshev fit, right to 1.2e-7 of its value.
-#}
{% macro two_sided_probability(score) -%}
    {%- set x = "(abs(" ~ score ~ ") / sqrt(2.0))" -%}
    {%- set t = "(1.0 / (1 + " ~ x ~ " / 2))" -%}
    {%- set terms = [
        0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807,
        -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    ] -%}
    {{ t }} * exp(
        -{{ x }} * {{ x }} - 1.26551223
        + {% for term in terms[1:] %}{{ t }} * ({{ terms[-loop.index] }} + {% endfor -%}
        {{ t }} * {{ terms[0] }}{{ ")" * (terms | length - 1) }}
    )
{%- endmacro %}
